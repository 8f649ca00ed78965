/**
 * Which providers, models and authors there are: those that somebody has configured, and those of the catalogue.
 *
 * @module
 */
import { authorOf } from '../core/endpoint-id.ts'
import type { NamedWhat } from '../core/policy/policy-names.ts'
import type { Catalogue } from './catalogue.ts'

export interface KnownNames {
  has(what: NamedWhat, name: string): boolean
  /** What somebody may have meant. */
  near(what: NamedWhat): Iterable<string>
}

/** `models` by their names, `ids` of endpoints, which may stand for a model. */
export interface OwnNames {
  readonly providers: Iterable<string>
  readonly models: Iterable<string>
  readonly ids: Iterable<string>
}

/** All models of the catalogue take some milliseconds to name: that is done for a name that is not found nearer by. */
export function createKnownNames(own: OwnNames, catalogue: () => Catalogue): KnownNames {
  const models = new Set(own.models)
  const names = { provider: new Set(own.providers), model: models, author: new Set([...models].map(authorOf)) }
  const ids = new Set(own.ids)
  let read: Readonly<Record<NamedWhat, ReadonlySet<string>>> | undefined
  const listed = () => {
    read ??= namesOf(catalogue())
    return read
  }
  return {
    has: (what, name) => names[what].has(name) || (what === 'model' && ids.has(name)) || listed()[what].has(name),
    near: what => new Set([...names[what], ...listed()[what]]),
  }
}

function namesOf({ providerIds, modelNames }: Catalogue): Readonly<Record<NamedWhat, ReadonlySet<string>>> {
  const models = new Set(modelNames())
  return { provider: new Set(providerIds), model: models, author: new Set([...models].map(authorOf)) }
}
