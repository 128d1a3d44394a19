/** OpenCC's table of characters, which its package exports without a type. */
declare module "opencc-js/dict/TSCharacters" {
  const pairs: string;
  export default pairs;
}
