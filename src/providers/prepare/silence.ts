/**
 * How long an endpoint may say nothing, where saying nothing is no sign of trouble.
 *
 * @module
 */
import type { Deadlines, ProviderSettings } from '../../core/endpoints.ts'
import type { Ask } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { mayThink, namesOf, thinksLittle } from './reasoning.ts'

/** Enough for some thousand tokens of thoughts, which is more than who was asked for few has had. */
const LITTLE_THOUGHT_MS = 120_000

/**
 * Of a call of a tool their vendors show nothing until an argument, or all of it, is written: minutes, where it is a file. Claude:
 * https://github.com/BerriAI/litellm/issues/32004, https://github.com/github/copilot-cli/issues/4286; Gemini:
 * https://github.com/lbjlaq/Antigravity-Manager/issues/1905; Mistral: https://github.com/microsoft/semantic-kernel/issues/6316
 */
const WRITE_CALLS_UNSEEN = /(?:^|\.)(?:claude|gemini|mistral|ministral|magistral|codestral|devstral)/

/** The provider's deadlines as they hold for one ask. */
export function deadlinesFor(ask: Ask, settings: ProviderSettings, dialect: Dialect): Deadlines {
  const { silent, ...plain } = settings.deadlines
  const thinks = mayThink(ask) && !dialect.showsThoughts?.(ask)
  const { firstTokenMs = plain.firstTokenMs, stallMs = plain.stallMs } = silent ?? {}
  return {
    ...plain,
    ...(thinks && { firstTokenMs: thinksLittle(ask) ? Math.min(firstTokenMs, LITTLE_THOUGHT_MS) : firstTokenMs }),
    ...((thinks || writesCallsUnseen(ask, settings)) && { stallMs }),
  }
}

/** Anthropic itself is asked to show arguments as they are written. */
function writesCallsUnseen({ endpoint, tools, schema }: Ask, { baseUrl = ANTHROPIC }: ProviderSettings): boolean {
  if (tools.length === 0 && schema === undefined) return false
  if (endpoint.protocol === 'anthropic' && baseUrl.startsWith(ANTHROPIC)) return false
  return namesOf(endpoint.upstream, endpoint.model).some(name => WRITE_CALLS_UNSEEN.test(name))
}

const ANTHROPIC = 'https://api.anthropic.com/'
