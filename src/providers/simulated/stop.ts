/**
 * Texts at which an answer ends.
 *
 * @module
 */
import { type Json, tokensIn } from './ask.ts'
import type { ReplyPart } from './reply.ts'

/** One text or several, as a request names them. */
export function stopsOf(value: Json | undefined): readonly string[] {
  return [value ?? []].flat().filter(stop => typeof stop === 'string')
}

/** The parts up to the first place in a text where one of these stands; neither that nor what comes behind it is said. */
export function untilStop(
  parts: readonly ReplyPart[],
  stops: readonly string[],
): { readonly parts: readonly ReplyPart[]; readonly stopSequence?: string } {
  for (const [index, part] of parts.entries()) {
    const found = part.kind === 'text' ? firstOf(part.text, stops) : undefined
    if (!found) continue
    const text = part.text.slice(0, found.at)
    const kept = text === '' ? [] : [{ ...part, text, tokens: tokensIn(text.length) }]
    return { parts: [...parts.slice(0, index), ...kept], stopSequence: found.stop }
  }
  return { parts }
}

function firstOf(text: string, stops: readonly string[]): { at: number; stop: string } | undefined {
  const found = stops.map(stop => ({ at: text.indexOf(stop), stop })).filter(({ at }) => at >= 0)
  return found.toSorted((a, b) => a.at - b.at)[0]
}
