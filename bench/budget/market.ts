/**
 * What is bought and for how much: two vendors, two classes, and a budget of which one call may take at most 2 %.
 *
 * @module
 */
import type { VendorScript } from '../../src/providers/simulated/index.ts'

/** USD per million tokens. */
const PRICE = { input: 1, output: 4 }

const MAX_OUTPUT = 1_000

/** A prompt of the bench has about 10 tokens; its bound is a little more. */
const PROMPT_TOKENS_AT_MOST = 60

const PICO_PER_TOKEN = { input: 1_000_000n, output: 4_000_000n }

/** The most that one call may cost. */
export const WORST_PICO =
  BigInt(PROMPT_TOKENS_AT_MOST) * PICO_PER_TOKEN.input + BigInt(MAX_OUTPUT) * PICO_PER_TOKEN.output

/** One in five calls is about twenty times as dear as the others: as in life, the mean is far above the middle. */
export const AMPLE_SHARE = 0.2

const MODELS = {
  usual: { contextWindow: 100_000, maxOutput: 4_000, price: PRICE, answerTokens: [15, 45] as [number, number] },
  ample: { contextWindow: 100_000, maxOutput: 4_000, price: PRICE, answerTokens: [300, 900] as [number, number] },
}

/** Vendors that take a moment and bill what they had said when they are cut off. */
export function vendorScript(firstTokenMs: number): VendorScript {
  const vendor = { protocol: 'openai-compatible' as const, models: MODELS, firstTokenMs }
  return {
    vendors: [
      { ...vendor, name: 'one', billsAborted: 'until-disconnect' },
      { ...vendor, name: 'two', billsAborted: 'whole' },
    ],
  }
}

/** The configuration, with shared budgets by workspace. */
export function configurationOf(addresses: readonly string[], budgets: Readonly<Record<string, string>>): string {
  const model = `contextWindow: 100000, maxOutput: 4000, price: { input: ${PRICE.input}, output: ${PRICE.output} }`
  const models = `{ bench/usual: { upstream: usual, ${model} }, bench/ample: { upstream: ample, ${model} } }`
  const provider = (name: string, address: string) =>
    `  ${name}: { protocol: openai-compatible, baseURL: "${address}", apiKey: none, models: ${models} }`
  return [
    'providers:',
    ...['one', 'two'].map((name, at) => provider(name, addresses[at]!)),
    'classes:',
    ...['usual', 'ample'].map(name => `  ${name}: { models: [bench/${name}], maxOutputTokens: ${MAX_OUTPUT} }`),
    'workspaces:',
    '  free: {}',
    ...Object.keys(budgets).map(name => `  ${name}: {}`),
    ...(Object.keys(budgets).length > 0 ? ['budgets:'] : []),
    ...Object.entries(budgets).map(
      ([name, usd]) => `  ${name}: { scope: { workspace: ${name} }, per: lifetime, usd: '${usd}' }`,
    ),
  ].join('\n')
}
