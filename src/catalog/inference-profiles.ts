/**
 * Amazon Bedrock's inference profiles.
 *
 * @module
 */
import type { CatalogueEndpoint } from './catalogue-endpoint.ts'

/** The part of the world that a region belongs to, as profiles are called. */
const PARTS: readonly (readonly [regions: RegExp, part: string])[] = [
  [/^us-(?!gov)/, 'us'],
  // London and Zurich are outside of the EU.
  [/^eu-(?!west-2$|central-2$)/, 'eu'],
  [/^ap-northeast-[13]$/, 'jp'],
  [/^ap-southeast-[24]$/, 'au'],
]

/**
 * The endpoints of a provider as they are asked from a region. Claude since version 4, and others, are not served under their own ids
 * ("Invocation of model ID … with on-demand throughput isn't supported"), but under those of a profile: where the list has one of the
 * region's part of the world, the model is asked by it, at its price. None that may lead out of that part is chosen. The profile's own
 * entry is then for those alone who name it.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function asAskedFrom(
  region: string | undefined,
  providerId: string,
  listed: readonly CatalogueEndpoint[],
): readonly CatalogueEndpoint[] {
  const part = PARTS.find(([regions]) => regions.test(region ?? ''))?.[1]
  if (providerId !== 'amazon-bedrock' || part === undefined) return listed
  const byUpstream = new Map(listed.map(endpoint => [endpoint.upstream, endpoint]))
  const asked = listed.map(endpoint => {
    const { id, model, title, offered, upstream } = endpoint
    // A name for everybody may stand at one part's profile; one that names the profile means it.
    const bare = model.endsWith(upstream) ? upstream : upstream.replace(/^(?:us|eu|jp|au)\./, '')
    const profile = byUpstream.get(`${part}.${bare}`)
    return profile ? { ...profile, id, model, title, offered } : endpoint
  })
  const lent = new Set(asked.filter(({ model, upstream }) => !model.endsWith(upstream)).map(({ upstream }) => upstream))
  return asked.map(endpoint => {
    const { model, upstream } = endpoint
    return model.endsWith(upstream) && lent.has(upstream) ? { ...endpoint, offered: false } : endpoint
  })
}

/** Whether a profile may run a prompt elsewhere than in a region, or in a part of the world as profiles are called. */
export function leadsOutOf(region: string, providerId: string, upstream: string): boolean {
  const [, part] = /^(us|eu|jp|au|ca|apac|us-gov|global)\./.exec(upstream) ?? []
  if (providerId !== 'amazon-bedrock' || part === undefined || part === region) return false
  return part === 'global' || /-\d$/.test(region) || PARTS.some(([, known]) => known === region)
}
