import { bareNames } from '../../core/endpoint-id.ts'
import type { Message, ProviderOptions } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { recordOf } from '../json.ts'
import { mayThink } from '../prepare/reasoning.ts'
import { batch } from './batch.ts'
import { classifyError } from './classify-error.ts'
import { createModel } from './create-model.ts'
import { markPrompt } from './mark-prompt.ts'
import { mending } from './mending.ts'
import { outputLimit } from './output-limit.ts'
import { readUsage } from './read-usage.ts'
import { storedBy } from './stored-by.ts'

/**
 * Anthropic's messages. Thinking may be switched on between turns only: in the middle of a tool loop that another
 * endpoint began there is no thinking block to go on from, and the vendor answers 400 ("Expected `thinking`").
 */
export const anthropic: Dialect = {
  createModel,
  showsThoughts,
  shape({ settings }, prompt) {
    const options = withoutNullMark(settings.providerOptions ?? {})
    if (!inLoopWithoutThinking(prompt)) return { providerOptions: options }
    const { thinking: _thinking, ...own } = options.anthropic ?? {}
    return { providerOptions: { ...options, anthropic: own }, withoutReasoning: true }
  },
  // "tool_choice options that force tool use return an error while thinking is on"; `none` is taken.
  choosesItself: ask => ask.toolChoice !== 'none' && mayThink(ask),
  // "stop_sequences: each stop sequence must contain non-whitespace"
  takesStop: sequence => sequence.trim() !== '',
  mark: markPrompt,
  refusesForNothing: true,
  outputLimit,
  storedBy,
  classifyError,
  readUsage,
  mending,
  batch,
}

/** Those of them that think unasked, and show nothing of it then: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking */
const THINKS_UNASKED = /claude-(?:fable|mythos|opus-[5-9]|sonnet-[5-9]|haiku-[5-9])/

/** Where reasoning is asked for, the package asks to see it; options of one's own may not, and since Opus 4.7 it is then left out. */
function showsThoughts({ settings: { reasoning, providerOptions }, endpoint }: Ask): boolean {
  const { type, display } = recordOf(providerOptions?.anthropic?.thinking)
  if (type === 'adaptive') return display === 'summarized'
  return type !== undefined || reasoning !== undefined || !bareNames(endpoint).some(name => THINKS_UNASKED.test(name))
}

/** `cacheControl: null` is our word for no marks; the package knows none. */
function withoutNullMark(options: ProviderOptions): ProviderOptions {
  if (options.anthropic?.cacheControl !== null) return options
  const { cacheControl: _, ...anthropic } = options.anthropic
  return { ...options, anthropic }
}

/** The last assistant message asked for tools, no user has spoken since, and it holds no thinking of this endpoint. */
function inLoopWithoutThinking(prompt: readonly Message[]): boolean {
  const last = prompt.findLast(message => message.role === 'assistant' || message.role === 'user')
  if (last?.role !== 'assistant') return false
  const asksForTools = last.content.some(part => part.type === 'tool-call')
  return asksForTools && !last.content.some(part => part.type === 'reasoning')
}
