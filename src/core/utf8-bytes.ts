/** The bytes of a text in UTF-8. Workflows have neither `Buffer` nor `TextEncoder` for that. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) bytes += bytesBeyondOne(text.charCodeAt(at))
  return bytes
}

/** How many bytes beyond one a UTF-16 unit takes in UTF-8. Each half of a surrogate pair counts as two of its four bytes. */
function bytesBeyondOne(unit: number): number {
  if (unit < 0x80) return 0
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
}
