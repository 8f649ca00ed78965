/**
 * What a newer catalogue changes.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import type { Catalogue } from '../catalogue.ts'
import type { CatalogueEndpoint } from '../catalogue-endpoint.ts'

/**
 * `address`: where the provider is asked, or the package that speaks to it: keys go there. `name`: the model is called otherwise now,
 * and a class that lists it under the old name comes to another one, or to none.
 */
const CHANGE_KINDS = [
  'address',
  'retired',
  'name',
  'deprecated',
  'price',
  'window',
  'output',
  'abilities',
  'new',
] as const

type ChangeKind = (typeof CHANGE_KINDS)[number]

/** One thing that is different. Values are as the catalogue has them; an absent one is unknown. */
export interface CatalogueChange {
  readonly kind: ChangeKind
  /** `provider:author/name`; of an address the provider alone. */
  readonly endpoint: string
  readonly before?: Endpoint['price'] | number | string | readonly string[]
  readonly after?: Endpoint['price'] | number | string | readonly string[]
}

/** All changes, those first that may break something. An endpoint is the same one while its id on the wire is. */
export function catalogueChanges(before: Catalogue, after: Catalogue): readonly CatalogueChange[] {
  const ids = [...new Set([...before.providerIds, ...after.providerIds])]
  const changes = ids.flatMap(id => [...addressChanges(id, before, after), ...endpointChanges(id, before, after)])
  return changes.sort((a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind))
}

function addressChanges(id: string, before: Catalogue, after: Catalogue): readonly CatalogueChange[] {
  const [was, is] = [before.provider(id), after.provider(id)]
  if (!was || !is) return []
  const place = ({ baseUrl, package: npm }: typeof was) => (baseUrl === undefined ? npm : `${npm} at ${baseUrl}`)
  if (place(was) === place(is)) return []
  return [{ kind: 'address', endpoint: id, before: place(was), after: place(is) }]
}

function endpointChanges(id: string, before: Catalogue, after: Catalogue): readonly CatalogueChange[] {
  const was = new Map(before.endpointsOf(id).map(endpoint => [endpoint.upstream, endpoint]))
  const is = new Map(after.endpointsOf(id).map(endpoint => [endpoint.upstream, endpoint]))
  const gone = [...was.values()].filter(({ upstream }) => !is.has(upstream))
  const come = [...is.values()].filter(({ upstream }) => !was.has(upstream))
  return [
    ...gone.map((endpoint): CatalogueChange => ({ kind: 'retired', endpoint: endpoint.id })),
    ...[...is.values()].flatMap(endpoint => changesOf(was.get(endpoint.upstream), endpoint)),
    ...come.map((endpoint): CatalogueChange => changed('new', endpoint, undefined, endpoint.price)),
  ]
}

function changesOf(was: CatalogueEndpoint | undefined, is: CatalogueEndpoint): readonly CatalogueChange[] {
  if (!was) return []
  const compared = [
    ['name', was.model, is.model],
    ['price', was.price, is.price],
    ['window', was.contextWindow, is.contextWindow],
    ['output', was.maxOutput, is.maxOutput],
    ['abilities', was.abilities, is.abilities],
  ] as const
  const changes = compared
    .filter(([, a, b]) => comparable(a) !== comparable(b))
    .map(([kind, a, b]) => changed(kind, was, a, b))
  const fell = is.status === 'deprecated' && was.status !== 'deprecated'
  return fell ? [changed('deprecated', was, was.status, is.status), ...changes] : changes
}

/** Lists name the kinds of a price in different orders. */
function comparable(value: CatalogueChange['before']): string | undefined {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
  )
}

function changed(
  kind: ChangeKind,
  { id }: CatalogueEndpoint,
  before: CatalogueChange['before'],
  after: CatalogueChange['after'],
): CatalogueChange {
  return { kind, endpoint: id, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
}
