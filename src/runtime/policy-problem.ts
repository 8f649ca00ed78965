/**
 * Names in the policy of a run that nobody bears.
 *
 * @module
 */
import { type Configuration, createKnownNames, type KnownNames, loadCatalogue, nearest } from '../catalog/index.ts'
import type { Policy } from '../core/policy.ts'
import { policyNames } from '../core/policy-names.ts'

/** The first such name in a sentence, with the nearest that there is; by the configuration as it is then. */
export function createPolicyProblem(now: () => Configuration): (policy: Policy) => string | undefined {
  let last: { readonly configuration: Configuration; readonly known: KnownNames } | undefined
  const knownIn = (configuration: Configuration) => {
    if (last?.configuration !== configuration)
      last = { configuration, known: createKnownNames(ownNames(configuration), () => loadCatalogue()) }
    return last.known
  }
  return policy => {
    const names = policyNames(policy)
    if (names.length === 0) return undefined
    const known = knownIn(now())
    const wrong = names.find(({ what, name }) => !known.has(what, name))
    if (!wrong) return undefined
    const { list, what, name } = wrong
    const near = nearest(name, known.near(what))
    const meant = near === undefined ? '' : `; did you mean '${near}'?`
    return `the run's policy names in ${list} the ${what} '${name}', which is neither configured nor in the catalogue, and so would bind nothing${meant}`
  }
}

/** Providers that cannot be used now are configured all the same. */
function ownNames({ directory: { endpoints }, disabled }: Configuration) {
  return {
    providers: [...endpoints.map(({ provider }) => provider), ...disabled.map(({ provider }) => provider)],
    models: endpoints.map(({ model }) => model),
    ids: endpoints.map(({ id }) => id),
  }
}
