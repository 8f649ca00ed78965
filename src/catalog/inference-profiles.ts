/**
 * Amazon Bedrock's inference profiles.
 *
 * @module
 */
import type { CatalogueEndpoint } from './catalogue-endpoint.ts'
import { PARTS, partsOf } from './parts-of-the-world.ts'

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
  if (providerId !== 'amazon-bedrock' || region === undefined || APART.test(region)) return listed
  const byUpstream = new Map(listed.map(endpoint => [endpoint.upstream, endpoint]))
  const prefixes = partsOf(region)
  const profileOf = ({ model, upstream }: CatalogueEndpoint) => {
    // A name for everybody may stand at one part's profile; one that names the profile means it.
    const bare = model.endsWith(upstream) ? upstream : upstream.replace(PREFIX, '')
    return prefixes.map(prefix => byUpstream.get(`${prefix}.${bare}`)).find(profile => profile !== undefined)
  }
  const lent = new Set(listed.map(profileOf))
  return listed.map(endpoint => {
    const { id, model, title, offered, upstream } = endpoint
    const profile = profileOf(endpoint)
    if (profile) return { ...profile, id, model, title, offered }
    return lent.has(endpoint) && model.endsWith(upstream) ? { ...endpoint, offered: false } : endpoint
  })
}

/** Clouds of their own, with profiles of their own. */
const APART = /^us-gov-|^eusc-/

const PREFIX = /^(us|eu|jp|au|ca|apac|us-gov|global)\./

/** The model or the profile that an ARN of Amazon's names, which may be one of the user's own; any other id as it is. */
export function idInArn(upstream: string): string {
  return upstream.startsWith('arn:') ? upstream.slice(upstream.lastIndexOf('/') + 1) : upstream
}

/** Whether a profile may run a prompt elsewhere than in a region, or in a part of the world as profiles are called. */
export function leadsOutOf(region: string, providerId: string, upstream: string): boolean {
  const [, part] = PREFIX.exec(idInArn(upstream)) ?? []
  if (providerId !== 'amazon-bedrock' || part === undefined || part === region) return false
  return part === 'global' || /-\d$/.test(region) || Object.hasOwn(PARTS, region)
}
