/**
 * Newer lists of models and prices: what they would change, and putting them in place.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import {
  besidePath,
  type Catalogue,
  type CatalogueChange,
  type Configuration,
  catalogueChanges,
  describeProblems,
  homePath,
  loadCatalogue,
  type PriceDifference,
  type Problem,
  readList,
  readSnapshot,
  type Snapshot,
  writeImported,
} from '../../catalog/index.ts'
import { catalogueOfNamed } from './catalogue-for.ts'
import { DEFAULT_CONFIGURATION_PATH } from './configuration.ts'
import { ConfigurationProblem } from './configuration-problem.ts'
import { readWithoutKeys } from './configuration-without-keys.ts'
import { fileRefused } from './file-refused.ts'

/** A change, with the classes of the configuration that name the model at this provider. */
export interface NamedChange extends CatalogueChange {
  readonly classes: readonly string[]
}

export interface CatalogueDifference {
  /** The version of the one that holds now; without a file, of the shipped one. */
  readonly from: string
  readonly to: string
  readonly changes: readonly NamedChange[]
  /** Providers whose address or package is another one in the list, and that keep theirs. */
  readonly keptAddresses: readonly string[]
  /** Where the price package and models.dev differ; the package is heeded. Only without a file. */
  readonly sources: readonly PriceDifference[]
}

export interface ListOptions {
  /** @defaultValue `signalbox.yaml`, which need not exist */
  readonly config?: string
  /** Whose models a list in OpenRouter's shape has. @defaultValue openrouter */
  readonly provider?: string
  /** Takes other addresses of known providers too: their keys go there. @defaultValue false */
  readonly addresses?: boolean
  readonly env: NodeJS.ProcessEnv
}

export interface ImportedList extends CatalogueDifference {
  readonly path: string
}

/** All that is wrong with a list; nothing was changed. */
export class ListProblem extends ConfigurationProblem {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[], file: string) {
    super(`${describeProblems(problems, file)}\nNothing was changed.`)
    this.problems = problems
  }
}

/**
 * What a list would change, or without one what the imported catalogue changes of the shipped one.
 *
 * @throws ListProblem, or ConfigurationProblem for a file that cannot be read.
 */
export function diffLists(file: string | undefined, options: ListOptions): CatalogueDifference {
  if (file !== undefined) return listed(file, options).difference
  const { catalogue } = catalogueOfNamed(options.config, options.env)
  const sources = catalogue.priceDifferences()
  return { ...difference(loadCatalogue(), catalogue, options), keptAddresses: [], sources }
}

/**
 * Puts a list in place: beside the configuration, or with `home` in the user's folder. Whole or not at all.
 *
 * @throws as {@link diffLists}.
 */
export function importList(
  file: string,
  { home, ...options }: ListOptions & { readonly home?: boolean },
): ImportedList {
  const { snapshot, difference: changes } = listed(file, options)
  const path = home ? homePath(options.env) : besidePath(options.config ?? DEFAULT_CONFIGURATION_PATH)
  try {
    writeImported(path, snapshot)
  } catch (error) {
    throw fileRefused(error, `${path} cannot be written`, 'let this user write there; nothing was changed')
  }
  return { ...changes, path }
}

/** A list in the shape of the catalogue's file, and what it would change. */
function listed(file: string, options: ListOptions) {
  const { catalogue, imported } = catalogueOfNamed(options.config, options.env)
  const snapshot = snapshotFrom(file, options, imported)
  const keptAddresses = otherAddresses(snapshot, snapshotFrom(file, { ...options, addresses: true }, imported))
  const changes = difference(catalogue, loadCatalogue({ snapshot }), options)
  return { snapshot, difference: { ...changes, keptAddresses, sources: [] } }
}

function snapshotFrom(file: string, { provider, addresses }: ListOptions, imported: string | undefined): Snapshot {
  const shipped = readSnapshot()
  const before = imported === undefined ? shipped : readSnapshot(imported)
  const onDate = new Date().toISOString().slice(0, 10)
  const read = readList(bytesOf(file), {
    before,
    shipped,
    onDate,
    ...(provider !== undefined && { provider }),
    ...(addresses && { addresses }),
  })
  if (read.ok) return read.value
  throw new ListProblem(read.problems, file)
}

function otherAddresses(kept: Snapshot, listed: Snapshot): readonly string[] {
  const placeOf = ({ providers }: Snapshot, id: string) => JSON.stringify([providers[id]?.npm, providers[id]?.api])
  return Object.keys(kept.providers).filter(id => placeOf(kept, id) !== placeOf(listed, id))
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw fileRefused(error, `${file} cannot be read`, 'name a file with a list of models')
  }
}

function difference(before: Catalogue, after: Catalogue, { config, env }: ListOptions) {
  const named = namesIn(before, config ?? DEFAULT_CONFIGURATION_PATH, env)
  const changes = catalogueChanges(before, after).map(change => ({ ...change, classes: named(change) }))
  // Stable: within those that a class names, and within the others, what may break something stays first.
  const weight = ({ kind, classes }: NamedChange) => (kind === 'address' ? 2 : Math.sign(classes.length))
  changes.sort((a, b) => weight(b) - weight(a))
  return { from: before.version, to: after.version, changes }
}

/**
 * Which classes name an endpoint, by the configuration as it reads with the catalogue before. Where there is none, or it is
 * broken, nobody does. Endpoints that the configuration prices itself are named too: their list has changed all the same.
 */
function namesIn(catalogue: Catalogue, path: string, env: NodeJS.ProcessEnv) {
  const read = existsSync(path) ? readWithoutKeys(path, readFileSync(path, 'utf8'), env, catalogue) : undefined
  if (!read?.ok) return () => []
  const byEndpoint = classesByEndpoint(read.configuration)
  return ({ kind, endpoint }: CatalogueChange): readonly string[] => {
    if (kind !== 'address') return byEndpoint.get(endpoint) ?? []
    return [...new Set([...byEndpoint].flatMap(([id, classes]) => (id.startsWith(`${endpoint}:`) ? classes : [])))]
  }
}

/** By the catalogue's id: that of the provider that another one is like. */
function classesByEndpoint({ directory, providers }: Configuration): ReadonlyMap<string, readonly string[]> {
  const classes = Object.values(directory.classes)
  const vendors = new Map(providers.map(({ name, like = name }) => [name, like]))
  return new Map(
    directory.endpoints.map(({ provider, model }) => [
      `${vendors.get(provider)}:${model}`,
      classes.filter(({ models }) => models?.includes(model)).map(({ name }) => name),
    ]),
  )
}
