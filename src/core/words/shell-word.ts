/** A text as one word of a shell command, quoted if necessary. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Behind this a command takes nothing for an option. */
export const NO_OPTIONS = '-- '

/** Texts as the arguments of a command of ours, none of which is read as an option. */
export function shellArguments(texts: readonly string[]): string {
  const words = texts.map(shellWord).join(' ')
  return texts.some(text => text.startsWith('-')) ? NO_OPTIONS + words : words
}
