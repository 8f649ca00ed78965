/**
 * What is wrong with the policy of a run or of a call: its shape, or names that nobody has.
 *
 * @module
 */
import type { PolicyProblem } from '../../../activities/names.ts'
import { type Configuration, createKnownNames, type KnownNames, loadCatalogue } from '../../catalog/index.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { policyNames } from '../../core/policy/policy-names.ts'
import { policyShapeProblem } from '../../core/policy/policy-shape.ts'
import { didYouMean } from '../../core/words/did-you-mean.ts'
import { nearest } from '../../core/words/nearest.ts'

/**
 * Finds the first key or value that is not allowed, else the first name that nobody has, with the nearest known one. Asks for the
 * configuration each time.
 */
export function createPolicyProblem(now: () => Configuration): PolicyProblem {
  let last: { readonly configuration: Configuration; readonly known: KnownNames } | undefined
  const knownIn = (configuration: Configuration) => {
    if (last?.configuration !== configuration)
      last = { configuration, known: createKnownNames(ownNames(configuration), () => loadCatalogue()) }
    return last.known
  }
  return (policy, level) => {
    const misshapen = policyShapeProblem(policy)
    if (misshapen !== undefined) return `the ${level}'s policy ${misshapen}`
    const wrong = unknownIn(policy, () => knownIn(now())) ?? unknownRegion(policy, now)
    if (!wrong) return undefined
    const { list, what, name, known, why } = wrong
    return `the ${level}'s policy lists in ${list} the ${what} '${name}', ${why}${didYouMean(nearest(name, known))}`
  }
}

interface Unknown {
  readonly list: string
  readonly what: string
  readonly name: string
  readonly known: Iterable<string>
  readonly why: string
}

function unknownIn(policy: Policy, known: () => KnownNames): Unknown | undefined {
  const wrong = policyNames(policy).find(({ what, name }) => !known().has(what, name))
  const why = 'which is neither configured nor in the catalogue, so it would have no effect'
  return wrong && { ...wrong, known: known().near(wrong.what), why }
}

/**
 * The catalogue knows no regions: those that endpoints are said to be in, and those that the file's policies speak of. A list with one
 * that is known is served there, and its others may have lost their last endpoint.
 */
function unknownRegion({ regions = [] }: Policy, now: () => Configuration): Unknown | undefined {
  const [name] = regions
  if (name === undefined) return undefined
  const { directory } = now()
  const known = new Set([
    ...directory.endpoints.flatMap(({ dataPolicy }) => dataPolicy.region ?? []),
    ...policiesIn(directory).flatMap(each => each.regions ?? []),
  ])
  if (regions.some(each => known.has(each))) return undefined
  return { list: 'regions', what: 'region', name, known, why: 'where no configured endpoint is declared to be' }
}

/** On every level of the configuration. */
function policiesIn({ policy, workspaces, classes, keys = {} }: Configuration['directory']): readonly Policy[] {
  const ofNamed = [...Object.values(workspaces), ...Object.values(classes)].map(named => named.policy)
  return [policy, ...ofNamed, ...Object.values(keys)].filter(each => each !== undefined)
}

/** Providers that cannot be used now are configured all the same. */
function ownNames({ directory: { endpoints }, disabled }: Configuration) {
  return {
    providers: [...endpoints.map(({ provider }) => provider), ...disabled.map(({ provider }) => provider)],
    models: endpoints.map(({ model }) => model),
    ids: endpoints.map(({ id }) => id),
  }
}
