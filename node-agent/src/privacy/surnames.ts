/**
 * Surnames of China, most frequent first. Left out are rare ones that are mostly something else: 和, 向, 从, 项, 班, 党, 后.
 *
 * @module
 */

export const COMMON_SURNAMES =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔常汤";
export const SURNAMES = `${COMMON_SURNAMES}赖康温文施洪季葛牛齐伍樊柳邢俞章鲁聂翁管柯欧殷左易申喻祝关岳庞骆柏梅焦宁闵单詹颜倪路牟盛包饶华游凌舒时阮蓝仇古辛裴祁耿甘卜符涂霍苗成卓裘谷车景艾窦娄冉桂蒲冷晏栗卞褚池刁简习鄢匡桑屈`;
export const COMPOUND_SURNAMES =
  "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木|南宫|长孙|宇文|轩辕|独孤|钟离|闻人|澹台|百里|呼延|万俟";
