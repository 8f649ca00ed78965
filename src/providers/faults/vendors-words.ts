/**
 * The part of an error's message that is the vendor's own: without who hands it on, and up to where it quotes.
 *
 * @module
 */

/** The speaker's name before the message: `[Gateway] Insufficient credits`. */
const SPEAKER = /^\[[\w .:/-]{1,40}\] /

/** What a vendor or an account of its own has named. Nobody's prompt stands behind one of these words. */
const OWN_NAME =
  /\b(models?|team|organization|workspace|project|account|deployment|provider|plan) (["'`])(?:(?!\2).){1,80}\2/gi

/** One word in quotes mostly names a parameter, and may be one that somebody has typed. */
const NAMED = /(?<!\w)(["'`])([\w./:@[\]-]{1,80})\1(?!\w)/g

/** Where a vendor begins to say something back: a quotation mark that is no apostrophe, or something out of a body. */
const SAID_BACK = /["“‘`{]|\[(?!\d+\])|(?<!\w)'|'(?!\w)/

/** What a proxy, or Bedrock, says of its vendor's whole error, which is JSON or as Python writes it: `AnthropicException - b'{"error":{"message":"…` */
const HANDED_ON =
  /^(?:[\w.: ]{1,200} -|The model returned the following errors:) b?'?\{(?:(["'])type\1: ?\1error\1, ?)?(?:"request_id": ?"\w+", ?)?["']error["']: ?\{[^{}]{0,200}?["']message["']: ?(["'])(?<words>(?:(?!\2).)*)/

/** The characters of a message that are looked at. What comes after so many says nothing more. */
const LONGEST_WORDS = 2_000

/**
 * The vendor's own words in a message, up to where it quotes: a 400 repeats what it did not like, and that may be what somebody has
 * typed. A known word there must not close an endpoint to everybody.
 */
export function vendorsWords(message: string): string {
  return untilQuote(ownWords(message))
}

/** {@link vendorsWords} that go on behind single words in quotes. Only for what ends this call at most, and touches no other. */
export function wordsOfCall(message: string): string {
  return untilQuote(ownWords(message).replace(NAMED, '$2'))
}

/** The message without the speaker's name, without the program that hands it on, and without names of the vendor's own. */
export function ownWords(message: string): string {
  const start = message.slice(0, LONGEST_WORDS)
  return (HANDED_ON.exec(start)?.groups?.words ?? start).replace(SPEAKER, '').replace(OWN_NAME, '$1')
}

function untilQuote(words: string): string {
  const end = words.search(SAID_BACK)
  return end < 0 ? words : words.slice(0, end)
}
