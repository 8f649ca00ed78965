/**
 * Gives every snapshot entry its `author/name`, so that one model has one name at all the providers that serve it.
 *
 * @module
 */
import { authorOf } from '../core/endpoint-id.ts'
import { groupBy } from '../core/group-by.ts'
import { isServed } from './addresses.ts'
import type { Snapshot, SnapshotProvider } from './snapshot.ts'

/** From a bare id (`gpt-5-mini`) to the author who serves a model of that id (`openai`). */
export type Authors = ReadonlyMap<string, string>

/**
 * The authors are the providers that some entry names as the origin of its model (`base`). Where two authors have
 * an id in common it stays without an author.
 */
export function authorsOf(snapshot: Snapshot): Authors {
  const entries = Object.values(snapshot.providers).flatMap(({ models }) => Object.values(models))
  const authors = new Set(entries.flatMap(({ base }) => (base ? [authorOf(base)] : [])))
  const byId = new Map<string, string>()
  const shared = new Set<string>()
  for (const author of authors) {
    for (const id of Object.keys(snapshot.providers[author]?.models ?? {})) {
      if (byId.has(id)) shared.add(id)
      else byId.set(id, author)
    }
  }
  for (const id of shared) byId.delete(id)
  return byId
}

/**
 * Names of the models that one provider serves, by their ids on the wire; each name occurs once.
 *
 * A model is called what its origin calls it; else what the provider calls it when that has an author already
 * (`qwen/qwen-plus`); else by the author who serves the same id; else the provider counts as the author. Where
 * several ids serve one model (regions, `:free`, `-fast`), the one that is called so, else the shortest, has the name, and
 * the others keep their ids.
 */
export function namesOf(providerId: string, provider: SnapshotProvider, authors: Authors): ReadonlyMap<string, string> {
  const served = Object.keys(provider.models).filter(id => isServed(providerId, id))
  const wanted = groupBy(served, id => provider.models[id]!.base ?? ownName(id, authors.get(id) ?? providerId))
  const names = new Map<string, string>()
  for (const [name, ids] of wanted) {
    const bearer = ids.includes(name) ? name : shortest(ids)
    for (const id of ids) {
      const other = ownName(id, authorOf(name))
      names.set(id, id === bearer ? name : wanted.has(other) ? `${providerId}/${id}` : other)
    }
  }
  return names
}

function ownName(id: string, author: string): string {
  return id.includes('/') ? id : `${author}/${id}`
}

function shortest(ids: readonly string[]): string | undefined {
  const length = (id: string) => id.length - id.lastIndexOf('/')
  const least = Math.min(...ids.map(length))
  const bearers = ids.filter(id => length(id) === least)
  return bearers.length === 1 ? bearers[0] : undefined
}
