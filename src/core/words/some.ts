/** More than a line or two nobody reads. */
const MOST_NAMED = 20

/** The first few of a list, and how many more there are. */
export function some(words: readonly string[], most = MOST_NAMED): string {
  const more = words.length - most
  return more > 0 ? `${words.slice(0, most).join(', ')} and ${more} more` : words.join(', ')
}
