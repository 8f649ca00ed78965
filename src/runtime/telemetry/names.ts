/**
 * Every name that leaves in metrics and traces. Those that begin with `gen_ai` are OpenTelemetry's conventions for generative
 * AI as of v1.41.0, still in development there: they are pinned here, and change here alone.
 *
 * @module
 */
import { hostname } from 'node:os'
import type { Endpoint } from '../../core/endpoints.ts'

export const METRIC = {
  /** Model calls by class and how they ended; a counter. */
  calls: 'signalbox.calls',
  /** Attempts by provider, model and how they ended: `answered`, `cancelled`, `outrun`, `abandoned`, `handed-over` or the kind of fault; a counter. */
  attempts: 'signalbox.attempts',
  /** The high bound of what attempts have cost, in USD; a histogram, whose sum is the money. */
  cost: 'signalbox.cost',
  /** What calls of tools with a price have cost, in USD; a histogram, whose sum is the money. */
  toolCost: 'signalbox.tool.cost',
  /** All kinds of tokens, also those that are parts of others; a counter. */
  tokens: 'signalbox.tokens',
  /** Waits that became durable timers, in seconds; a histogram. */
  waits: 'signalbox.waits',
  /** 1 while this worker knows an endpoint's breaker to be open; a gauge. */
  breakerOpen: 'signalbox.breaker.open',
  /** What is spent of a shared budget, as a share of its limit; a gauge. */
  budgetShare: 'signalbox.budget.share',
  /** Shares of a shared budget at which somebody is to be warned, once over all workers; a counter. */
  budgetWarnings: 'signalbox.budget.warnings',
  /** Input and output tokens of attempts; a histogram. */
  tokenUsage: 'gen_ai.client.token.usage',
  /** Attempts from departure to end, in seconds; a histogram. */
  duration: 'gen_ai.client.operation.duration',
  /** Attempts from departure to their first token, in seconds; a histogram. */
  firstChunk: 'gen_ai.client.operation.time_to_first_chunk',
} as const

export const ATTRIBUTE = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  maxTokens: 'gen_ai.request.max_tokens',
  tokenType: 'gen_ai.token.type',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  responseId: 'gen_ai.response.id',
  conversation: 'gen_ai.conversation.id',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  errorType: 'error.type',
  taskClass: 'signalbox.task_class',
  endpoint: 'signalbox.endpoint',
  reason: 'signalbox.attempt.reason',
  attempt: 'signalbox.attempt.number',
  step: 'signalbox.step',
  workspace: 'signalbox.workspace',
  costUsd: 'signalbox.cost.usd',
  outcome: 'signalbox.outcome',
  budget: 'signalbox.budget',
} as const

/** What the metrics' tags are called: Temporal's own have no dots either. */
export const TAG = {
  ...ATTRIBUTE,
  taskClass: 'task_class',
  endpoint: 'endpoint',
  outcome: 'outcome',
  budget: 'budget',
  share: 'share',
} as const

export const SERVICE = 'signalbox'

/** Whose metrics and spans they are. A process goes by the name that its worker has at the Temporal server. */
export function resourceOf(service: string): Readonly<Record<string, string>> {
  return { 'service.name': service, 'service.instance.id': `${process.pid}@${hostname()}` }
}

/** The conventions' own names for vendors; any other goes by its name in the configuration. */
const PROVIDERS: Readonly<Record<string, string>> = {
  '@ai-sdk/amazon-bedrock': 'aws.bedrock',
  '@ai-sdk/azure': 'azure.ai.openai',
  '@ai-sdk/cohere': 'cohere',
  '@ai-sdk/google-vertex': 'gcp.vertex_ai',
  '@ai-sdk/groq': 'groq',
  '@ai-sdk/mistral': 'mistral_ai',
  '@ai-sdk/perplexity': 'perplexity',
  '@ai-sdk/xai': 'x_ai',
  google: 'gcp.gemini',
}

export function providerName({ protocol, provider }: Pick<Endpoint, 'protocol' | 'provider'>): string {
  return PROVIDERS[protocol] ?? provider
}

/** A name as an exporter takes it: Prometheus knows no dots. */
export type Spelling = (name: string) => string

export const DOTTED: Spelling = name => name
export const UNDERSCORED: Spelling = name => name.replaceAll('.', '_')

export function spelt<Names extends Readonly<Record<string, string>>>(
  names: Names,
  spell: Spelling,
): Record<keyof Names, string> {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, spell(name)])) as Record<
    keyof Names,
    string
  >
}

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]

const DOLLARS = [0.000_01, 0.000_1, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** Bounds of the histograms' buckets, those of `gen_ai` as the conventions give them. */
const BUCKETS: Readonly<Record<string, number[]>> = {
  [METRIC.tokenUsage]: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304],
  [METRIC.duration]: SECONDS,
  [METRIC.firstChunk]: SECONDS,
  [METRIC.waits]: [1, 2, 5, 10, 20, 60, 120, 300, 900, 3_600],
  [METRIC.cost]: DOLLARS,
  [METRIC.toolCost]: DOLLARS,
}

export function bucketsFor(spell: Spelling): Record<string, number[]> {
  return Object.fromEntries(Object.entries(BUCKETS).map(([name, bounds]) => [spell(name), bounds]))
}
