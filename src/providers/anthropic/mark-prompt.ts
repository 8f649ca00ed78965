/**
 * Puts cache marks on a prompt: ours, or those that were set by hand, which win.
 *
 * @module
 */
import type { JsonValue, Message, ProviderOptions } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import { cachesOnlyMarked, MOST_MARKS, markPlaces } from '../../core/routing/cache/cache-marks.ts'
import { cacheTtlOf } from '../../core/routing/cache/cache-ttl.ts'
import { LONG_TTL_MS } from '../../core/routing/cache/warmth.ts'
import type { Markable } from '../dialect.ts'

type Control = { readonly type: 'ephemeral'; readonly ttl?: '1h' }
type Options = ProviderOptions | undefined
interface Holder {
  readonly providerOptions?: ProviderOptions
}

/**
 * The prompt and the tools with their marks.
 *
 * Marks by hand are `providerOptions.anthropic.cacheControl` on a message, a part or a tool; of the class or the call it is
 * the vendor that then marks the last block, and `null` there means no marks. Where there is one, none of ours is placed.
 * Of more than the vendor takes, the first and the last ones stay: the first is shared most widely, the last reach furthest.
 */
export function markPrompt({ endpoint, caching, settings, zdr }: Ask, marked: Markable): Markable {
  const whole = controlOf(settings.providerOptions)
  const byHand = countMarks(marked)
  if (byHand > 0) return atMost(MOST_MARKS - (whole ? 1 : 0), byHand, marked)
  const ttlMs = cacheTtlOf(endpoint)
  if (whole !== undefined || !caching || ttlMs === 0 || !cachesOnlyMarked(endpoint)) return marked
  const places = markPlaces(marked.prompt, caching.recurring)
  const control = ttlMs >= LONG_TTL_MS && !zdr ? HOUR : MINUTES
  return {
    prompt: marked.prompt.map((message, at) => (places.includes(at) ? withControl(message, control) : message)),
    tools: marked.tools.map((tool, at) => (at === marked.tools.length - 1 ? withControl(tool, control) : tool)),
  }
}

/** Without a time it is the short one. */
const MINUTES: Control = { type: 'ephemeral' }
const HOUR: Control = { type: 'ephemeral', ttl: '1h' }

/** What was said by hand; `null`: no mark. */
function controlOf(options: Options): JsonValue | undefined {
  const { cacheControl, cache_control } = options?.anthropic ?? {}
  return cacheControl ?? cache_control ?? cacheControl
}

function withControl<T extends Holder>(holder: T, control: Control): T {
  const { providerOptions } = holder
  const anthropic = { ...providerOptions?.anthropic, cacheControl: { ...control } }
  return { ...holder, providerOptions: { ...providerOptions, anthropic } }
}

function isMarked({ providerOptions }: Holder): boolean {
  return providerOptions !== undefined && Boolean(controlOf(providerOptions))
}

function countMarks({ prompt, tools }: Markable): number {
  const parts = prompt.flatMap((message): readonly Holder[] => (message.role === 'system' ? [] : message.content))
  return [...tools, ...prompt, ...parts].filter(isMarked).length
}

/** The first mark and the last ones, in the order in which they stand in the request. */
function atMost(most: number, count: number, marked: Markable): Markable {
  let seen = 0
  const kept = <T extends Holder>(holder: T): T => {
    if (!isMarked(holder)) return holder
    seen += 1
    return seen === 1 || seen > count - (most - 1) ? holder : unmarkedOf(holder)
  }
  // A message's own mark stands at its end, behind those of its parts.
  const ofMessage = (message: Message): Message =>
    message.role === 'system' ? kept(message) : kept({ ...message, content: message.content.map(kept) } as Message)
  return { tools: marked.tools.map(kept), prompt: marked.prompt.map(ofMessage) }
}

function unmarkedOf<T extends Holder>(holder: T): T {
  const { cacheControl: _, cache_control: _too, ...anthropic } = holder.providerOptions?.anthropic ?? {}
  return { ...holder, providerOptions: { ...holder.providerOptions, anthropic } }
}
