/**
 * How long an endpoint may be silent when silence is no sign of trouble.
 *
 * @module
 */
import { bareNames } from '../../core/endpoint-id.ts'
import type { Deadlines, ProviderSettings } from '../../core/endpoints.ts'
import type { Ask } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { mayThink, thinksLittle } from './reasoning.ts'

/** Enough for some thousand tokens of thoughts: more than any model has had that was asked for few. */
const LITTLE_THOUGHT_MS = 120_000

/**
 * Of a call of a tool their vendors show nothing until an argument, or all of it, is written: minutes, where it is a file. Claude:
 * https://github.com/BerriAI/litellm/issues/32004, https://github.com/github/copilot-cli/issues/4286; Gemini:
 * https://github.com/lbjlaq/Antigravity-Manager/issues/1905; Mistral: https://github.com/microsoft/semantic-kernel/issues/6316
 */
const WRITE_CALLS_UNSEEN = /(?:^|\.)(?:claude|gemini|mistral|ministral|magistral|codestral|devstral)/

/** OpenAI's that may think for many minutes: for as long as an answer may take in all. */
const THINK_LONG = /^(?:gpt-5(?:\.\d+)?|o\d)-pro/

/** The provider's deadlines as they hold for one ask. */
export function deadlinesFor(ask: Ask, settings: ProviderSettings, dialect: Dialect): Deadlines {
  const { silent = {}, ...plain } = settings.deadlines
  const thinks = mayThink(ask) && !dialect.showsThoughts?.(ask)
  const isSilent = thinks || writesCallsUnseen(ask, settings)
  return {
    ...plain,
    ...(thinks && silent.firstTokenMs !== undefined && { firstTokenMs: thinkingMs(ask, silent.firstTokenMs, plain) }),
    ...(isSilent && silent.stallMs !== undefined && { stallMs: silent.stallMs }),
  }
}

function thinkingMs(ask: Ask, usualMs: number, { totalMs }: Deadlines): number {
  if (isCalled(ask, THINK_LONG)) return Math.max(usualMs, totalMs)
  return thinksLittle(ask) ? Math.min(usualMs, LITTLE_THOUGHT_MS) : usualMs
}

function isCalled({ endpoint }: Ask, names: RegExp): boolean {
  return bareNames(endpoint).some(name => names.test(name))
}

/** Anthropic itself is asked to show arguments as they are written. */
function writesCallsUnseen(ask: Ask, { baseUrl = ANTHROPIC }: ProviderSettings): boolean {
  if (ask.tools.length === 0 && ask.schema === undefined) return false
  const showsAll = ask.endpoint.protocol === 'anthropic' && baseUrl.startsWith(ANTHROPIC)
  return !showsAll && isCalled(ask, WRITE_CALLS_UNSEEN)
}

const ANTHROPIC = 'https://api.anthropic.com/'
