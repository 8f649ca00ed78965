/**
 * Builds the parts of an answer from a package's stream parts, and tells a listener of each piece of text.
 *
 * @module
 */
import type { LanguageModelV4Content, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { ProviderOptions } from '../../core/messages.ts'
import type { CallPiece } from '../dialect.ts'
import type { Draft, PartDraft } from './answer-parts.ts'
import type { CallIds } from './call-ids.ts'
import { createWrittenCalls } from './written-calls.ts'

export interface Listener {
  readonly onDelta: (kind: 'text' | 'reasoning', text: string) => void
  /** Called with the first content: text, reasoning, or the beginning of a tool call. */
  readonly onContent: () => void
}

export interface Drafts {
  readonly list: readonly PartDraft[]
  /** Whether content has come. */
  begun(): boolean
  take(part: LanguageModelV4StreamPart): void
  takeWhole(part: LanguageModelV4Content, id: string): void
  /** A piece of a call's arguments, as the model wrote it. */
  wrote(piece: CallPiece): void
}

export function createDrafts(listener: Listener, callIds: CallIds): Drafts {
  const list: PartDraft[] = []
  const open = new Map<string, Draft>()
  const written = createWrittenCalls()
  let begun = false

  const begin = () => {
    if (!begun) listener.onContent()
    begun = true
  }
  const grow = (type: Draft['type'], id: string, text: string, metadata?: SharedV4ProviderMetadata) => {
    const draft = draftIn(open, list, type, id)
    if (metadata) draft.metadata = merged(draft.metadata, metadata)
    if (text === '') return
    begin()
    draft.text += text
    listener.onDelta(type, text)
  }
  const call = (part: Extract<LanguageModelV4Content, { type: 'tool-call' }>) => {
    if (part.providerExecuted) return
    begin()
    const { toolName, providerMetadata: metadata } = part
    const input = written.inputOf(part.toolCallId, part.input)
    list.push({ type: 'tool-call', ...callIds(part.toolCallId), toolName, input, ...(metadata && { metadata }) })
  }

  return {
    list,
    begun: () => begun,
    wrote: written.take,
    take(part) {
      switch (part.type) {
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
          return begin()
        case 'tool-call':
          return call(part)
      }
    },
    takeWhole(part, id) {
      if (part.type === 'text' || part.type === 'reasoning') grow(part.type, id, part.text, part.providerMetadata)
      else if (part.type === 'tool-call') call(part)
    },
  }
}

function draftIn(open: Map<string, Draft>, list: PartDraft[], type: Draft['type'], id: string): Draft {
  const key = `${type} ${id}`
  const found = open.get(key)
  if (found) return found
  const draft: Draft = { type, text: '' }
  open.set(key, draft)
  list.push(draft)
  return draft
}

/** Merges metadata vendor by vendor: a signature at the end of a part is added to what came at its beginning. */
function merged(before: ProviderOptions | undefined, next: SharedV4ProviderMetadata): ProviderOptions {
  const all: ProviderOptions = { ...before }
  for (const [vendor, fields] of Object.entries(next)) all[vendor] = { ...all[vendor], ...fields }
  return all
}
