/**
 * Words that company names are made of besides the one that is theirs. Ours, from the names that we have seen.
 *
 * @module
 */

/** What says that a name is the full one in the register; longest first. */
export const LEGAL_FORMS: readonly string[] = words(`
  股份有限责任公司 有限责任股份公司 股份有限公司 有限责任公司 有限合伙企业 普通合伙企业 股份合作公司 有限公司 责任公司
  股份公司 合伙企业 公司`);

/** What is left of a legal form when it is cut: 某某股份. */
export const CUT_FORMS: readonly string[] = words("股份有限 有限责任 股份 有限");

/** What says that a name is of a part of a company; longest first. */
export const BRANCH_WORDS: readonly string[] = words(`
  分公司 办事处 代表处 事业部 营业部 经营部 项目部 服务部 分支机构 分部 分厂 分院 分所 分行 支行 分店 分中心 门市部`);

/** What a company does or is; says little about which one it is. */
export const TRADE_WORDS: ReadonlySet<string> = new Set(
  words(`
  科技 技术 信息 信息技术 信息科技 信息系统 智能 智能科技 智能制造 智造 智慧 网络 网络科技 互联网 互联 物联网 物联 集团 控股 电子 电气 电器
  电力 电机 电缆 电源 电路 电商 电子商务 软件 数据 大数据 数字 数码 数字科技 数科 云计算 云 计算机 系统 系统集成 集成 工业 工业互联网
  自动化 机械 机电 机器人 机床 机器 设备 装备 仪器 仪表 精密 模具 制造 实业 产业 企业 发展 开发 贸易 商贸 进出口 国际 供应链 物流
  运输 能源 新能源 环保 环境 生态 节能 科创 创新 创业 新材料 材料 高分子 化工 化学 石化 石油 生物 生物科技 医药 医疗 医疗器械 药业
  制药 健康 建筑 建设 建材 工程 装饰 市政 园林 服务 咨询 管理 企业管理 管理咨询 投资 资本 基金 金融 保险 证券 银行 租赁 资产 资产管理 财务
  税务 法律 知识产权 认证 检测 检验 计量 测试 评估 设计 规划 勘察 研究 研究院 研究所 研究中心 研究会 设计院 设计研究院 科学 中心 实验室 学院
  大学 学校 教育 教育科技 培训 人力资源 文化 传媒 传播 广告 影视 出版 印刷 包装 食品 饮料 酒业 粮油 农业 农牧 畜牧 渔业 种业 林业 茶业
  纺织 服装 服饰 鞋业 皮革 家具 家居 家电 日化 化妆品 玩具 五金 塑料 塑胶 橡胶 玻璃 陶瓷 水泥 钢铁 钢结构 金属 金属制品 制品 铝业 铜业
  有色金属 冶金 矿业 煤炭 煤业 焊接 铸造 锻造 轴承 阀门 泵业 液压 气动 传动 汽车 汽车零部件 零部件 配件 汽配 车辆 船舶 航空 航天 航空航天 轨道
  轨道交通 交通 铁路 公路 港口 通信 通讯 电信 光电 光学 半导体 集成电路 芯片 微电子 传感 传感器 安防 安全 安全技术 信息安全 消防 空调 制冷 暖通
  照明 灯饰 电池 光伏 太阳能 风电 核电 水务 水利 燃气 热力 房地产 地产 置业 物业 酒店 餐饮 旅游 体育 娱乐 游戏 动漫 商业 百货 超市 零售
  连锁 实业发展 经贸 工贸 商务 会展 展览 协会 商会 联盟 促进会 合作社 事务所 律师事务所 会计师事务所 工作室 商行 商店 门店 经销 销售 营销 厂 总厂 工厂
  制造厂 机械厂 总公司 院 所 站 社 部 局 行 店 业 科 总部 运营 运维 平台 解决方案 方案 产品 应用 人工智能 视觉 感知 测控 控制 自控 仿真
  工控 工业软件 工业科技 工业技术 数智 数智科技 数字技术 智联 云服务 云科技 区块链 虚拟现实 缝纫机 电梯 工具 刀具 模塑 注塑 线缆 开关 变压器 电容 重工
  重型 动力 内燃机 发动机 锅炉 压缩机 压力容器 容器 管道 管业 门窗 涂料 油漆 染料 印染 造纸 纸业 卫浴 洁具 厨具 钟表 眼镜 珠宝 首饰`),
);

/** Words of English names that say what a company does or is. */
export const LATIN_TRADE_WORDS: ReadonlySet<string> = new Set(
  words(`co ltd limited inc incorporated corp corporation company llc plc gmbh ag sa group holding holdings
  technology technologies tech science sciences information software network networks data digital system systems
  intelligent smart industry industrial industries engineering electronic electronics electric electrical equipment
  machinery manufacturing automation international trading trade service services consulting management investment
  development the of and china chinese`),
);

/** Longest trade word, in characters. */
export const MAX_TRADE_WORD: number = Math.max(...[...TRADE_WORDS].map((word) => word.length));

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
