/** Things that are made late. @module */

/** Makes something when it is first wanted: a formatter takes a browser a while, and no page wants all of them. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
