/**
 * Words that name no one firm, person or place: what products are called, what business prose is made of. What is left
 * of a name without them is the part that identifies.
 *
 * @module
 */

import { regionLengthAt } from "./region-names.ts";

/** Products, trades and forms of organisation: they stand between the name of a firm and its suffix. */
const TRADE = `
智能制造 智能装备 智能科技 信息技术 信息科技 网络科技 电子信息 电子科技 新能源 新材料 生物医药 生物科技 环保科技 稀有金属 有色金属 有色
黑色金属 精密机械 精密制造 精密电子 精密科技 机械设备 机械制造 机械加工 五金制品 五金塑胶 五金机电 金属制品 金属加工 塑料制品
塑胶制品 橡胶制品 竹木制品 木制品 木竹 竹木 竹制品 纸制品 纸品 玻璃制品 陶瓷制品 工艺品 工艺美术 建筑材料 建筑工程 建筑 装饰
装修 工程 安装 化工 化学 精细化工 日化 食品 饮料 饮品 粮油 果业 茶业 酒业 乳业 农业 渔业 林业 牧业 养殖 种植 水产 畜牧 农产品
农资 农机 果品 蔬菜 脐橙 肉类 调味品 糖果 面粉 米业 油脂 纺织 服装 服饰 家纺 针织 印染 制衣 鞋业 鞋材 箱包 皮具 皮革 毛纺
丝绸 家具 家居 木业 板材 门窗 卫浴 灯饰 照明 灯具 机械 机电 电机 机床 数控 模具 刀具 轴承 齿轮 阀门 水泵 泵业 风机 压缩机
空压机 锅炉 电梯 汽车 汽配 汽车零部件 零部件 配件 整车 摩托车 自行车 电动车 船舶 航空 航天 轨道 电子 电器 电气 电力 电缆
线缆 电线 电源 电池 电路 光电 光学 光伏 光纤 半导体 芯片 集成电路 仪器 仪表 传感器 通信 通讯 通信设备 软件 网络 信息 数据
数码 数字 系统 云计算 物联网 人工智能 机器人 自动化 工业互联网 五金 金属 铸造 锻造 铸锻 冲压 钣金 焊接 热处理 表面处理 电镀
喷涂 压铸 注塑 塑料 塑胶 塑业 橡胶 包装 印刷 彩印 纸业 造纸 玻璃 陶瓷 水泥 混凝土 石材 建材 砖瓦 耐火材料 钢铁 钢材 钢构
不锈钢 铜业 铜箔 铜材 铜管 铜杆 铜棒 铜线 铜板带 铜冶炼 铜加工 再生铜 铝业 铝材 铝合金 锌业 锡业 钨业 钨钼 锂业 锂电 稀土
永磁 磁材 矿业 矿产 冶金 冶炼 贵金属 硫酸 电解 粗铜 阳极 医药 制药 药业 药材 中药 中医 医疗 医疗器械 器械 生物 健康 保健
口腔 眼科 人民 中心 妇幼 骨科 环保 节能 能源 石油 石化 燃气 煤炭 水务 水电 热力 化肥 农药 涂料 油墨 胶粘剂 物流 运输 仓储
供应链 贸易 商贸 外贸 进出口 电商 电子商务 商务 百货 超市 连锁 零售 批发 餐饮 酒店 旅游 文化 传媒 广告 教育 培训 咨询 管理
管理咨询 企业管理 投资 金融 保险 银行 证券 租赁 地产 房地产 置业 物业 服务 技术 技术服务 科技 科贸 工贸 实业 产业 工业 制造
智造 加工 生产 设备 装备 成套 材料 制品 用品 玩具 文具 乐器 体育 户外 母婴 礼品 珠宝 眼镜 钟表 烟花 爆竹 重工 重机 精密
精工 精机 精细 动力 控股 集团 股份 发展 开发 研发 设计 检测 检验 认证 计量 标准 会计师 律师 税务师 会计 法律 审计 评估
设计研究 科学 科学技术 应用技术 工业技术 规划 勘察 测绘 专业 农民 种养 供销 循环经济 循环 经济 经济技术 高新技术 高新技术产业
高新 特种 通用 专用 综合 国际 创新 创业 孵化 联合 总 分 子 母 铜 铁 钢 铝 锌 锡 银 钨 锂 纸 布 茶 酒 糖 油 煤 木
竹 砖 瓦 药 电 水 气 鞋 衣 伞 灯 泵 阀
`;

/** What sentences are made of, and words that qualify without naming. */
const PROSE = `
的 了 着 在 和 与 及 以及 或 等 为 是 由 于 对 向 给 到 至 从 将 把 被 让 请 找 跟 其 某 某某 该 本 各 每 此
同 多 几 两 个 家 座 间 条 台 套 种 类 批 级 型 式 化 性 度 率 我 你 他 她 它 们 我们 他们 咱们 无 没 没有 不
未 已 已经 再 也 都 就 才 又 还 只 曾 可 能 应 须 而 但 因 所 以 之 则 即 如 若 并 且 更 最 很 太 出 进 离 建
投 入 办 迁 搬 回 返 想 看 说 买 卖 送 换 走 过 号 这 那 这家 那家 一家 两家 三家 几家 多家 每家 各家 数家 一个
几个 多个 这个 那个 一些 部分 全部 所有 任何 其他 其它 另外 另一 其中 之一 同类 同行 各类 多数 少数 大多 大多数 全国 全省
全市 全县 国内 国外 海外 境外 省内 省外 市内 当地 本地 外地 周边 上游 下游 中游 上下游 沿海 内陆 东部 中部 西部 北方 南方
长三角 珠三角 大湾区 中国 国家 国务院 中央 省级 市级 县级 区级 国家级 世界 全球 亚洲 欧洲 欧美 德国 日本 美国 韩国 外资
合资 民营 国有 国营 私营 集体 上市 股份制 独资 独立 大型 中型 小型 微型 中小 小微 规上 规模以上 龙头 骨干 头部 领军 链主
专精特新 传统 新兴 新型 先进 现代 现代化 未来 示范 标杆 灯塔 样板 试点 典型 优秀 优质 重点 主要 普通 一般 基础 高端 低端
中端 高级 初级 老牌 知名 著名 大中 小厂 老厂 新厂 工厂 智能 智慧 数字化 智能化 网络化 信息化 绿色 低碳 无人 黑灯 透明 柔性
共享 公共 虚拟 特色 特殊 主导 支柱 优势 新建 在建 扩建 改建 改造 转型 升级 老旧 企业 公司 厂 厂家 厂商 客户 用户 业主
甲方 乙方 供应商 服务商 集成商 运营商 经销商 代理商 承包商 渠道商 供方 需方 对方 双方 三方 多方 第三方 伙伴 合作 合作方
合作伙伴 中心 机构 单位 部门 组织 团队 班组 车间 工段 工序 产线 生产线 流水线 仓库 库房 办公室 实验室 事业部 总部 分部 门店
园区 基地 主机 代工 外协 配套 配套厂 整机 主机厂 代工厂 贴牌 出口 进口 内销 外销 项目 经理 方案 计划 产品 平台 模型 算法
模块 功能 接口 流程 工艺 质量 成本 效率 交期 交付 订单 采购 销售 市场 财务 人事 人力 行政 研究 安全 能耗 能源 库存 物料
图纸 设计院 运维 运营 售后 维修 保养 检修 诊断 验收 实施 上线 部署 签约 签订 签署 立项 招标 投标 中标 合同 协议 报告 评审
评价 考核 调研 走访 访问 参观 考察 陪同 联系 联合 携手 协同 委托 邀请 介绍 推荐 帮助 协助 支持 支撑 指导 服务 来自 位于
地处 隶属 属于 包括 例如 比如 通过 采用 引入 引进 使用 应用 推广 复制 建设 搭建 打通 打造 形成 实现 完成 开展 推进 推动
促进 提升 提高 降低 下降 减少 增加 缩短 优化 改善 改进 解决 满足 适用 适合 面向 针对 围绕 依托 基于 根据 按照 依据 由于
因为 所以 如果 但是 然后 随后 之后 以后 以前 之前 同时 目前 现在 当前 此前 近年 近年来 去年 今年 明年 前年 上年 当年 年初
年底 年内 上半年 下半年 首次 首批 第一 第二 第三 一期 二期 三期 期间 时间 过程 过去 长期 短期 每天 每月 每年 每周 昨天
今天 明天 日前 近日 需求 累计 超过 自主 品牌 对照 达到 多为 智改数转 两化融合 数转 智改 行业 全体 各位 本人 企业方 服务方 客户方 实施方 项目组 工作组 专班 领导小组 专职 兼职 每班 轮流 自己 自家 自有 自身 本身 常年   老板 厂长 员工 工人 职工 师傅 老师傅 徒弟 学员 学生 专家 顾问
人员 管理层 工程师 技术员 操作员 操作工 计划员 检验员 质检员 班长 组长 主任 主管 总监 董事长 董事会 总经理 股东 司机 客商
村民 农户 隔壁 邻居 高度 高效 高质量 高温 高压 高速 高频 高峰 高炉 高低 高校 低温 低压 常温 常态 常务 常规 常见 方面 方法
方式 方向 方可 方便 应当 应该 应收 应付 应急 应对 时刻 时任 时常 时段 时长 时效 时序 金额 温度 温控 水平 水泥 水分 水质
白天 白班 夜班 早班 安排 安装 左右 路线 路由 路径 任务 任务书 任命 任期 程序 程度 石墨 石英 马上 马达 车辆 车型 车床 包装
包干 包含 连续 连接 连锁 平均 平衡 平方 平米 平板 明确 明显 强度 通用 顾客 关键 关注 关联 查询 查看 支付 支出 支架 相关
相应 相比 简单 简化 空间 空压 空调 冷却 冷链 黄铜 黄金 毛利 毛坯 单价 单元 单机 单品 单据 段落 易损 易用 商品 商业 商机
管理 管控 管道 管线 管网 计算 计量 计件 江湖 江河 成立 成为 成功 成果 成品 成型 成套 成熟 成都 和谐 全面 全程 全流程
全过程 全员 边缘 边界 华东 华南 华北 华中 柏油 万元 万吨 万台 万件 万人 曾经 向上 向下 游客 巫师 诸如 危险 危废 党员 党建
党委 党支部 班次 班组长 甘蔗 牛奶 祝贺 席位 席卷 雷达 鱼类 干燥 干扰 干部 尤其 尚未 束缚 练习 利用 利润 权限 权重 谷电
谷物 终端 终于 终点 居民 居住 麻布 宋体 晚班 苏打 严格 严重 印刷 印章 印制 从业 从事 从而 步骤 文件 文档 闻名 景区 景观
卓越 桑叶 桂花 牛皮 燕麦 农村 习惯 容量 容易 容器 暴露 温湿度 国产 国标 国内外 阴极 阳极泥 那些 凌晨 霍尔 冷轧 热轧 胡同
施工 施行 施肥 张力 张贴 张数 贺信 罗列 罗拉 毕业 常用 于是 时代 皮带 齐全 康复 余热 余量 余料 元器件 黄油 毛刺 明细 谈判
项目经理 蓝牙 季度 季节 强制 颜色 颜料 林业 夏季 田间 房间 解决方案 宣传 产值 产能 产量 营收 销售额 占比 比例 指标 标准
规范 政策 通知 办法 细则 申报 申请 补贴 补助 奖励 资金 专项 名单 目录 清单 批次 开关 内外 上下 年月 有的 有关 会议 要求
前后 现场 全厂 全体 时候 去向 关于 开始 开发 停产 停机 停工 外部 内部 日常 天气 里面 后台 前台 上一 下一 有效 有限 会员
会计 做法 用于 用工 原有 原料 原厂 现金 全新 天然 天车 天数 月度 月均 年度 年产 日产 日报 周报 周期 上料 下料 外壳 外观
外购 内网 外网 后道 前道 里程 全自动 半自动 自动 手动 人工 机器 视觉 机台 设备商 新增 原先 老的 新的 大的 小的
`;

/** Qualities that firms also carry in their names: they lengthen an unknown stretch, and make none. */
const SOFT = new Set("大小新老中东西南北金");

const TRADE_WORDS = new Set(words(TRADE));
const PROSE_WORDS = new Set(words(PROSE));
const LONGEST = Math.max(...[...TRADE_WORDS, ...PROSE_WORDS].map((word) => word.length));

/** What a stretch of Han text is. `unknown` has no word of the lists in it. */
export interface Token {
  readonly type: "region" | "trade" | "prose" | "soft" | "unknown";
  readonly start: number;
  readonly end: number;
}

/** Parts a text into the longest words of the lists from its start; what is no word is a token of one character. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length; ) {
    const token = wordAt(text, start) ?? {
      type: typeOfCharacter(text[start] as string),
      start,
      end: start + 1,
    };
    tokens.push(token);
    start = token.end;
  }
  return tokens;
}

/** A digit counts things and names nothing. */
function typeOfCharacter(character: string): Token["type"] {
  if (/\d/.test(character)) return "prose";
  return SOFT.has(character) ? "soft" : "unknown";
}

/** True if the text is or begins with a word of prose or trade of two characters or more, or a region. */
export function beginsWithWord(text: string): boolean {
  const token = wordAt(text, 0);
  return token !== undefined && token.end >= 2;
}

/** True if something in the text is no word of the lists: it could be a name. */
export function holdsName(text: string): boolean {
  let run = 0;
  let unknown = 0;
  for (const { type } of tokensOf(text)) {
    const counts = type === "unknown" || type === "soft";
    run = counts ? run + 1 : 0;
    unknown = counts ? unknown + (type === "unknown" ? 1 : 0) : 0;
    if (run >= 2 && unknown >= 1) return true;
  }
  return false;
}

function wordAt(text: string, start: number): Token | undefined {
  const region = regionLengthAt(text, start);
  for (let length = Math.min(LONGEST, text.length - start); length > region; length--) {
    const word = text.slice(start, start + length);
    if (TRADE_WORDS.has(word)) return { type: "trade", start, end: start + length };
    if (PROSE_WORDS.has(word)) return { type: "prose", start, end: start + length };
  }
  return region === 0 ? undefined : { type: "region", start, end: start + region };
}

function words(list: string): string[] {
  return list.trim().split(/\s+/);
}
