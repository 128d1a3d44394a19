/** What the frame and the head of each page say, in Chinese and English: all that is there before the rest is loaded. @module */

/** `[Chinese, English]`. */
export const HEADING_MESSAGES = {
  title: ["汇流 Tributary", "Tributary 汇流"],
  tagline: ["各中心自有系统，一处共享检索", "Independent centers, one shared knowledge index"],
  views: ["功能", "Views"],
  viewSearch: ["检索", "Search"],
  viewMatch: ["为需求找服务商", "Find providers"],
  viewProviders: ["服务商名录", "Providers"],
  viewCenters: ["中心", "Centers"],
  viewCollections: ["精选", "Featured"],
  viewOperate: ["运营", "Operate"],

  startTitle: ["各中心的知识，一处检索", "What the centers know, in one place"],
  startLead: [
    "各数字化转型促进中心发布的服务商、案例、政策、培训与活动，汇成一处检索。服务商按同类企业的实测成效排序；每条记录注明出处，可在本浏览器中验证。",
    "Providers, cases, policies, trainings and events of independent digital-transformation centers. Providers are ranked by what they measurably did for enterprises like yours; every record says where it came from and can be verified in this browser.",
  ],
  matchLead: [
    "说明您的工厂和要做的场景，按各中心发布的匿名结果为服务商排序。服务商的自述从不计分，排名不接受付费。",
    "Say what your factory is like and what it needs. Providers are ranked by the anonymized outcomes that centers publish; what providers say of themselves never scores, and no place can be bought.",
  ],
  providersLead: [
    "每一行是一家服务商，不论有几个中心、用什么名称收录它。点开可看各中心分别怎么说，为什么认为是同一家，以及有多大把握。",
    "Each row is one provider, however many centers describe it and under whatever name. Open it to see what each center says of it, why the records are held to be one provider, and how sure that is.",
  ],
  providerName: ["服务商", "Provider"],
  providerLead: [
    "各中心分别怎么介绍这家服务商，以及为什么认为它们说的是同一家。各中心自己的记录并未因此改动。",
    "What each center says of this provider, and why their records are held to describe one and the same. No center's own record is changed by that.",
  ],
  centersTitle: ["该找哪个中心", "Which center"],
  centersLead: [
    "选择地区、行业或场景，按各中心在这方面实际发布的记录排序。什么都不选时列出全部中心，以及各有多少记录、是否按时更新。",
    "Choose a region, sector or scenario: centers are ordered by what they have published on it. With nothing chosen, all centers are listed, each with how much it has and whether it keeps its promise to be up to date.",
  ],
  centerLead: [
    "该中心怎么介绍自己，发布了什么，是否像承诺的那样按时更新。每条记录都注明来自哪一行，可在本浏览器中验证。",
    "Who this center is in its own words, what it has published, and whether it is as fresh as it promised. Every record names the row that it came from and can be verified in this browser.",
  ],
  collectionsTitle: ["精选合集", "Featured collections"],
  collectionsLead: [
    "运营者从各中心的记录中选出、排好顺序的合集。每个合集都是公开日志中的一条决定，记录本身未被改动。",
    "Records of the centers that the hub's operators chose and put in order. Each collection is a decision in the public log; no record was changed.",
  ],

  pageInbox: ["收件箱", "Inbox"],
  inboxLead: [
    "等待处理的事项，影响大的在前：审批、疑似重复、异议、暂停的数据流、隔离的记录。在列表中：j / k 上下移动，a 同意，d 拒绝（须写明理由），x 勾选，u 撤回上一个决定。",
    "What waits for a decision, what most depends on first: approvals, suspected duplicates, objections, paused feeds, quarantined records. In the list: j and k move, a agrees, d says no (and why), x marks, u undoes the last decision.",
  ],
  pageMembers: ["中心审批", "Members"],
  membersLead: [
    "中心凭邀请加入，在此等待审批：请先与对方核对两边屏幕上的校验码。同意、附理由的拒绝与暂停都是日志中的一条，中心可以看到。",
    "Centers join by an invitation and wait here until somebody has compared the check code on both screens. An approval, a rejection with its reason and a suspension are entries of the log that the center sees.",
  ],
  pageMerge: ["合并", "Merge"],
  mergeLead: [
    "选两家服务商，逐项并排比较，并看它们是同一家的概率与依据，由您判断。合并不改动任何中心的记录，只是日志中的一条决定，随时可以撤回。",
    "Choose two providers and compare them side by side, with the probability that they are one and what speaks for it. A merge is a decision in the log: it changes no center's record and can be undone at any time.",
  ],
  pageCollections: ["精选合集", "Collections"],
  curateLead: [
    "把记录编成合集、排好顺序，推荐给所有访客。每次改动都是日志中的一条决定，相关中心可见，可撤回。",
    "Put records into collections for every visitor, in the order in which they should be read. Each change is a decision in the log that the centers concerned see, and can be undone.",
  ],
  pageTerms: ["词表", "Vocabulary"],
  termsLead: [
    "为本枢纽改动共享词表：标签、别名、合并、新增、停用。每次改动都是日志中的一条决定，各中心可见，可撤回；记录中的代码不变。",
    "Change the shared vocabulary for this hub: labels, aliases, merges, new and deprecated terms. Each change is a decision in the log that all centers see, and can be undone; codes in records stay.",
  ],
  pageOverlap: ["重合", "Overlap"],
  overlapLead: [
    "哪些中心在做同样的事：任意两家的服务商名录、业务方向与文本各有多少相同，是否超出偶然。重合不是过错，而是商量分工的起点。",
    "Where centers do the same: how much any two have in common of their lists of providers, of what they do for whom, and of their texts, and whether that is more than chance explains. Not a fault, but a reason to talk about who does what.",
  ],
  pageMarket: ["供需", "Market"],
  marketLead: [
    "各行业或场景在各省有多少需求、多少服务商。需求多而服务商少之处就是缺口；企业太少的数字不公开，以免认出其中一家。",
    "What enterprises demand and who offers it, by sector or scenario and by province. Where much is demanded of few providers there is a gap; numbers of too few enterprises are kept back, so that none can be recognised.",
  ],
  pageAssessment: ["评估", "Assessment"],
  assessmentLead: [
    "各中心按公开的规则现在会得到什么等级，每一分都有依据。中心在公布前就能看到自己的等级，也可提出异议；公布的等级是日志中的一条。",
    "How each center would be graded now, by a rule that everybody can read, with the evidence of each point. A center sees its grade before it is published, and can object; a published grade is an entry of the log.",
  ],
  pageBenchmarks: ["标杆", "Benchmarks"],
  benchmarksLead: [
    "客户实测改善高于同类的中心列为候选。专家逐一评审并写明理由；选定标杆是日志中的一条决定，可以撤回。",
    "Centers whose clients measurably gained more than comparable clients of others are candidates. Experts review each and say why; the selection of a benchmark is a decision in the log that can be taken back.",
  ],
  pageVouchers: ["转型券", "Vouchers"],
  vouchersLead: [
    "各计划发放与核销了多少转型券，用券的项目是否比未用券的改善更多。只显示足够多企业的合计，以免认出其中一家。",
    "What transformation vouchers were issued and used in each programme, and whether engagements with a voucher gained more than those without. Only sums over enough enterprises are shown, so that none can be recognised.",
  ],
  pageHealth: ["运行状况", "Health"],
  healthLead: [
    "哪些中心履行了更新承诺：最近发来了什么，多久没有消息，依哪条规则判为活跃、放缓或休眠。最需要先联系的排在最前。",
    "Which centers keep their promises: what each has sent of late, how long it has been silent, and by which rule it counts as active, slowing or dormant. Those to call first stand on top.",
  ],
  pageDecisions: ["决定", "Decisions"],
  decisionsLead: [
    "每个关于记录的决定都是日志中的一条，注明作出者与理由，相关中心可见，可撤回。键盘：j / k 上下移动，u 撤回所选决定。",
    "Each decision about records is an entry of the log with its author and reason; the centers concerned see it, and it can be undone. Keys: j and k move, u undoes the chosen one.",
  ],
  pageLog: ["日志", "Log"],
  logLead: [
    "枢纽接收与决定的一切，按先后排列，从不改动。保存了枢纽签名的检查点，日后就能证明没有一条被改动或抽走。",
    "Everything that the hub accepted or decided, in the order in which it did so. Entries never change: whoever keeps a checkpoint, signed by the hub, can prove later that none was altered or left out.",
  ],
  pageAccounts: ["账户", "Accounts"],
  accountsLead: [
    "在本枢纽工作的人，各有一个角色决定可以做什么。邀请是一个只能用一次的链接，打开后设置密码；每个人的决定都以其名义记入日志。",
    "The people who work on this hub, each with a role that says what they may do. An invitation is a link that works once and sets the password; what somebody decides stands in the log under their name.",
  ],
  pageKeys: ["密钥", "Keys"],
  keysLead: [
    "程序凭密钥读取比访客更多的内容。每把密钥注明可以做什么，到期自动失效；密钥文本只在创建时显示一次，撤销后下一次调用即被拒绝。",
    "Keys with which programs may do more than visitors. Each says what it may do and ends by itself; its text is shown once, when it is made, and a key that is revoked ends with the next call.",
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
