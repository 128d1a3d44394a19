/**
 * Ways to reach somebody, with the spellings that are meant to escape machines: telephones, e-mail, web, IP addresses,
 * messengers.
 *
 * @module
 */

import type { Detector, Span } from "./detectors.ts";
import { groupSpansOf, parted, SEPARATORS, spansOf } from "./written-code.ts";

const EXTENSION = "(?:\\s?(?:转|分机|ext\\.?|x|-)\\s?\\d{1,5})?";
const LANDLINE = new RegExp(
  `(?<![0-9A-Za-z])(?:\\+?(?:00)?86${SEPARATORS})?\\(?0(?:10|2\\d|[3-9]\\d{2})\\)?${SEPARATORS}[2-9]${SEPARATORS}${parted("\\d", "6,7")}${EXTENSION}(?![0-9])`,
  "gi",
);
const SERVICE_NUMBER = new RegExp(
  `(?<![0-9A-Za-z])[48]00${SEPARATORS}${parted("\\d", 7)}(?![0-9])`,
  "g",
);
/** Without an area code only where a word says what it is. */
const LABELLED_PHONE = new RegExp(
  `(?:电话|座机|总机|固话|传真|热线|手机|联系方式|致电|(?<![A-Za-z])(?:tel|fax|phone|call))[^0-9A-Za-z]{0,6}(?<it>\\+?${parted("\\d", "7,14")}${EXTENSION})(?![0-9])`,
  "gid",
);
const FOREIGN_PHONE = new RegExp(
  `(?<![0-9A-Za-z])(?:\\+|00)[1-9]\\d{0,2}${SEPARATORS}(?:\\(0\\))?${parted("\\d", "7,12")}(?![0-9])`,
  "g",
);

const AT =
  "(?:@|#(?=[A-Z0-9-]+\\.[A-Z])|[(\\[{<【]\\s?(?:at|艾特|@)\\s?[)\\]}>】]|#at#|艾特|\\sat\\s)";
const DOT = "(?:\\s?\\.\\s?|\\s?[(\\[{<【]\\s?(?:dot|点|\\.)\\s?[)\\]}>】]\\s?|\\sdot\\s|点|。)";
const EMAIL = new RegExp(
  `[A-Z0-9](?:[A-Z0-9_%+-]|\\.(?=[A-Z0-9])|\\sdot\\s){0,63}\\s{0,2}${AT}\\s{0,2}[A-Z0-9](?:[A-Z0-9-]{0,62}${DOT}[A-Z0-9]){1,4}[A-Z0-9]{1,23}(?![A-Z0-9])`,
  "gi",
);

const HAN_DOMAIN_EMAIL =
  /[A-Z0-9._%+-]{1,64}@[\p{Script=Han}A-Z0-9-]{1,40}\.(?:中国|公司|网络|网址|集团)/giu;

/** Ends of domain names that are met; any other needs http:// or www. before it. */
const TOP =
  "com|cn|net|org|gov|edu|mil|info|biz|top|xyz|site|shop|vip|tech|club|ltd|wang|cloud|online|store|ink|pro|link|group|work|fun|icu|io|co|cc|tv|me|ai|app|dev|de|uk|jp|eu|us|hk|tw|mo|kr|sg|fr|it|nl|ch|at|ru|in|中国|公司|网络|网址|集团";
const WEB =
  /(?:h(?:tt|xx)ps?|ftp):\/\/[^\s，。；、！？）】》”’"'<>]+|(?<![A-Za-z0-9])www\s?\.\s?[^\s，。；、！？）】》”’"'<>]+/gi;
const DOMAIN = new RegExp(
  `(?<![A-Z0-9@.-])(?:[A-Z0-9](?:[A-Z0-9-]{0,62})(?:\\.|[(\\[]dot[)\\]]|\\sdot\\s|点)){1,5}(?:${TOP})(?![A-Z0-9-])(?:\\.cn)?(?::\\d{2,5})?(?:/[^\\s，。；、！？）】》”’"'<>]*)?`,
  "gi",
);
/** Names of Microsoft's platforms end like domains. */
const NO_DOMAIN = /^(?:asp|ado|vb|ml|c#|f#|dot|entity)\.net$|^[\d.]+$/i;

const IPV4 =
  /(?<![0-9A-Za-z.])(?<!(?:版本|版|v|ver|version)\s?)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)[.。]){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![0-9A-Za-z]|\.\d)(?::\d{2,5})?/gi;
const IPV6 =
  /(?<![0-9A-Za-z:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?![0-9A-Za-z:])/gi;

const WECHAT =
  /(?:微信|薇信|威信|weixin|we\s?chat|(?<![A-Za-z])(?:vx|wx)|v信|(?:加|➕|\+)\s?(?:v(?![A-Za-z])|微信?))(?:同号)?\s?(?:号码|号|账号|id|no\.?)?\s?[:=是为]?\s?[“"'「]?(?<it>[A-Za-z](?:[-_A-Za-z0-9]{5,19}))(?![-_A-Za-z0-9])/dgi;
const ACCOUNT =
  /(?:公众号|视频号|抖音号?|小红书号?|快手号?|服务号|订阅号)\s?(?:名称|名)?\s?[:=是为“"「《]{1,2}\s?(?<it>[\p{Script=Han}A-Za-z0-9_-]{2,20})/dgiu;
const QQ = new RegExp(
  `(?:(?<![A-Za-z])QQ|扣扣|企鹅号)\\s?(?:号码|号|群号|群|id)?\\s?[:=是为]?\\s?(?<it>[1-9]${SEPARATORS}${parted("\\d", "4,10")})(?![0-9])`,
  "gid",
);

export const CONTACT_CHANNELS: readonly Detector[] = [
  { type: "email", find: (text) => [...spansOf(text, EMAIL), ...spansOf(text, HAN_DOMAIN_EMAIL)] },
  {
    type: "url",
    find: (text) => [
      ...spansOf(text, WEB),
      ...spansOf(text, DOMAIN).filter((span) => isDomain(text, span)),
    ],
  },
  { type: "ip_address", find: (text) => [...spansOf(text, IPV4), ...spansOf(text, IPV6)] },
  { type: "qq_id", find: (text) => groupSpansOf(text, QQ) },
  {
    type: "wechat_id",
    find: (text) => [
      ...groupSpansOf(text, WECHAT).filter((span) => isAccount(text, span)),
      ...groupSpansOf(text, ACCOUNT),
    ],
  },
  {
    type: "landline",
    find: (text) => [
      ...spansOf(text, LANDLINE),
      ...spansOf(text, SERVICE_NUMBER),
      ...spansOf(text, FOREIGN_PHONE),
      ...groupSpansOf(text, LABELLED_PHONE),
    ],
  },
];

function isDomain(text: string, { start, end }: Span): boolean {
  return !NO_DOMAIN.test(text.slice(start, end));
}

/** A word after WeChat is an account where a sign says so, or where it has a digit or an underscore. */
function isAccount(text: string, { start, end }: Span): boolean {
  return (
    /[0-9_-]|^[a-z]+$/.test(text.slice(start, end)) ||
    /[:=是为“"'「]\s?$/.test(text.slice(0, start).slice(-3))
  );
}
