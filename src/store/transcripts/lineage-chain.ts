import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { one, type Statement, type Work } from '../work.ts'

/** A lineage, where it left the one above it, and of its run when what it had said was purged last, and by what it is sealed. */
interface Link {
  readonly lineage: string
  readonly parent: string | null
  readonly parent_length: number | null
  readonly last_purged_at_ms: number | null
  readonly seal_key: string | null
}

/** A lineage and those that it goes on from, the nearest first. */
export type LineageChain = readonly Link[]

const linkOf: Statement<{ lineage: string; owner: string }, Omit<Link, 'lineage'>> = (
  { lineage, owner },
  { queries },
) =>
  queries
    .selectFrom('runs')
    .leftJoin('lineages', join => join.on('lineages.lineage', '=', lineage))
    .select(['lineages.parent', 'lineages.parent_length', 'runs.last_purged_at_ms', 'runs.seal_key'])
    .where('runs.run_key', '=', owner)

const ALONE = { parent: null, parent_length: null, last_purged_at_ms: null, seal_key: null } as const

export function* chainOf(lineage: string): Work<LineageChain> {
  const links: Link[] = []
  for (let next: string | null = lineage; next !== null; next = links.at(-1)!.parent)
    links.push({ lineage: next, ...((yield* one(linkOf, { lineage: next, owner: ownerOf(next) })) ?? ALONE) })
  return links
}

/** Another one after each purge of what the chain holds: messages may then stand where others stood. */
export function purgesOf(chain: LineageChain): string {
  return chain.map(({ last_purged_at_ms }) => last_purged_at_ms ?? '').join()
}
