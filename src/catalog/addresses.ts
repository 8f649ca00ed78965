/**
 * Where providers are that a list leaves to their packages, or has wrong.
 *
 * @module
 */
import type { SnapshotProvider } from './snapshot.ts'

/**
 * As their documentation has them. Azure's are those of its API v1, where a model's id is the name of its deployment:
 * https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
const ADDRESSES: Readonly<Record<string, string>> = {
  aihubmix: 'https://aihubmix.com/v1',
  azure: `https://\${AZURE_RESOURCE_NAME}.openai.azure.com/openai/v1`,
  'azure-cognitive-services': `https://\${AZURE_COGNITIVE_SERVICES_RESOURCE_NAME}.cognitiveservices.azure.com/openai/v1`,
  perplexity: 'https://api.perplexity.ai',
  v0: 'https://api.v0.dev/v1',
  venice: 'https://api.venice.ai/api/v1',
  vercel: 'https://ai-gateway.vercel.sh/v1',
}

/** Reached through a proxy of one's own, which may run elsewhere than where the list has it: the variable says where. */
const RUN_BY_USERS: Readonly<Record<string, string>> = { 'privatemode-ai': 'PRIVATEMODE_ENDPOINT' }

/** The address before the path of a protocol, with `${VARIABLE}` marks. Absent: the package knows it. */
export function addressOf(id: string, { api }: SnapshotProvider): string | undefined {
  if (api === undefined) return Object.hasOwn(ADDRESSES, id) ? ADDRESSES[id] : undefined
  // Bailing's in models.dev is that of its one resource.
  const address = api.replace(/\/chat\/completions\/?$/, '')
  return Object.hasOwn(RUN_BY_USERS, id) ? `\${${RUN_BY_USERS[id]}:-${address}}` : address
}

/** Models that a list gives to a provider and that are asked elsewhere, or in other words, than its others. */
const SERVED_ELSEWHERE: Readonly<Record<string, RegExp>> = {
  azure: /^claude-/,
  'azure-cognitive-services': /^claude-/,
  'google-vertex': /^claude-|-maas$/,
}

/** Whether a model is served where its provider's others are. */
export function isServed(id: string, upstream: string): boolean {
  return !(Object.hasOwn(SERVED_ELSEWHERE, id) && SERVED_ELSEWHERE[id]!.test(upstream))
}
