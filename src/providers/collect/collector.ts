/**
 * Takes the parts of a reply as a package yields them, and keeps what an answer needs.
 *
 * @module
 */
import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { ProviderOptions } from '../../core/messages.ts'
import type { Dialect, Reported } from '../dialect.ts'
import { errorIn } from '../faults/error-body.ts'
import type { Draft, PartDraft } from './answer-parts.ts'

/** An error that came inside the reply: the vendor's own (`body`), or what a package could not read (`error`). */
export interface ReplyError {
  readonly body?: unknown
  readonly error: unknown
  /** Content had come before it. */
  readonly afterTokens: boolean
}

export interface Collected {
  readonly drafts: readonly PartDraft[]
  readonly finish?: LanguageModelV4FinishReason
  readonly error?: ReplyError
  readonly reported: Reported
  /** Anything of the answer itself: text, reasoning, the beginning of a tool call. */
  readonly sawContent: boolean
}

export interface Collector {
  take(part: LanguageModelV4StreamPart): void
  /** A reply that came in one piece. */
  takeWhole(content: readonly LanguageModelV4Content[], finish: LanguageModelV4FinishReason, raw: unknown): void
  collected(): Collected
}

export interface Listener {
  readonly onDelta: (kind: 'text' | 'reasoning', text: string) => void
  /** Called with the first content. */
  readonly onContent: () => void
}

/** Sources, files and tools that a vendor ran itself are not asked for and not kept. */
export function createCollector(dialect: Dialect, listener: Listener): Collector {
  const drafts: PartDraft[] = []
  const open = new Map<string, Draft>()
  let finish: LanguageModelV4FinishReason | undefined
  let error: ReplyError | undefined
  let reported: Reported = {}
  let raw: unknown
  let sawContent = false

  const content = () => {
    if (!sawContent) listener.onContent()
    sawContent = true
  }
  const draftOf = (type: Draft['type'], id: string): Draft => {
    const key = `${type} ${id}`
    const found = open.get(key)
    if (found) return found
    const draft: Draft = { type, text: '' }
    open.set(key, draft)
    drafts.push(draft)
    return draft
  }
  const grow = (type: Draft['type'], id: string, text: string, metadata?: SharedV4ProviderMetadata) => {
    const draft = draftOf(type, id)
    if (metadata) draft.metadata = merged(draft.metadata, metadata)
    if (text === '') return
    content()
    draft.text += text
    listener.onDelta(type, text)
  }
  const call = (part: Extract<LanguageModelV4Content, { type: 'tool-call' }>) => {
    if (part.providerExecuted) return
    content()
    const { toolCallId, toolName, input, providerMetadata: metadata } = part
    drafts.push({ type: 'tool-call', toolCallId, toolName, input, ...(metadata && { metadata }) })
  }

  return {
    take(part) {
      switch (part.type) {
        case 'raw':
          raw = part.rawValue
          reported = dialect.readUsage(raw, reported)
          return
        case 'text-start':
        case 'text-end':
          return grow('text', part.id, '', part.providerMetadata)
        case 'text-delta':
          return grow('text', part.id, part.delta, part.providerMetadata)
        case 'reasoning-start':
        case 'reasoning-end':
          return grow('reasoning', part.id, '', part.providerMetadata)
        case 'reasoning-delta':
          return grow('reasoning', part.id, part.delta, part.providerMetadata)
        case 'tool-input-start':
          return content()
        case 'tool-call':
          return call(part)
        case 'error':
          error ??= { ...(errorIn(raw) && { body: raw }), error: part.error, afterTokens: sawContent }
          return
        case 'finish':
          finish = part.finishReason
      }
    },
    takeWhole(parts, reason, body) {
      for (const [index, part] of parts.entries()) {
        if (part.type === 'text' || part.type === 'reasoning')
          grow(part.type, String(index), part.text, part.providerMetadata)
        if (part.type === 'tool-call') call(part)
      }
      finish = reason
      reported = dialect.readUsage(body, reported)
      if (errorIn(body)) error = { body, error: undefined, afterTokens: sawContent }
    },
    collected: () => ({ drafts, finish, error, reported, sawContent }) as Collected,
  }
}

/** Merges per vendor, so that a signature at a part's end joins what its beginning said. */
function merged(before: ProviderOptions | undefined, next: SharedV4ProviderMetadata): ProviderOptions {
  const all: ProviderOptions = { ...before }
  for (const [vendor, fields] of Object.entries(next)) all[vendor] = { ...all[vendor], ...fields }
  return all
}
