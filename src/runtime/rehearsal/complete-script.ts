/**
 * A script beside a configuration: it says of stand-ins how they answer and fail, and the configuration says the rest.
 *
 * @module
 */
import { type Path, type Problem, pathText, unknownName, type YamlDocument } from '../../catalog/index.ts'
import { isRecord } from '../../core/json/is-record.ts'
import type { VendorScript } from '../../providers/simulated/index.ts'

/** Only the configuration says these: said twice, they could differ. A stand-in takes any key. */
const FROM_CONFIGURATION: readonly string[] = ['protocol', 'models', 'apiKey']

type Vendor = Readonly<Record<string, unknown>>

/** The document's value with what it leaves to the configuration, to be held to the shape of any script. */
export function completeScript(
  document: YamlDocument,
  { vendors: standIns }: VendorScript,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const { value } = document
  const listed = isRecord(value) ? value.vendors : undefined
  if (!Array.isArray(listed)) return { value, problems: [] }
  const names = standIns.map(({ name }) => name)
  const vendors = listed.map(vendor => (isRecord(vendor) ? complete(vendor, standIns) : vendor))
  const problems = listed.flatMap((vendor, place) =>
    isRecord(vendor) ? problemsOf(vendor, { path: ['vendors', place], names, document }) : [],
  )
  return { value: { ...(value as Vendor), vendors }, problems }
}

function complete(vendor: Vendor, standIns: VendorScript['vendors']): Vendor {
  const said = Object.entries(vendor).filter(([key]) => !FROM_CONFIGURATION.includes(key))
  const standIn = standIns.find(({ name }) => name === vendor.name) ?? anyOf(standIns)
  return { ...standIn, ...Object.fromEntries(said) }
}

/** Used for a name that no provider has. It has every model, so that only the name is told as a problem. */
function anyOf(standIns: VendorScript['vendors']): Vendor {
  const models = Object.fromEntries(standIns.flatMap(({ models }) => Object.entries(models)))
  return { protocol: standIns[0]?.protocol, models }
}

interface Around {
  readonly path: Path
  readonly names: readonly string[]
  readonly document: YamlDocument
}

function problemsOf(vendor: Vendor, { path, names, document }: Around): readonly Problem[] {
  const { name } = vendor
  const isUnknown = typeof name === 'string' && name !== '' && !names.includes(name)
  const allowed = `a provider of the configuration: ${names.join(', ')}`
  const named = { path: [...path, 'name'], what: 'provider', known: names, allowed }
  const saidTwice = FROM_CONFIGURATION.filter(key => Object.hasOwn(vendor, key)).map(key => ({
    path: pathText([...path, key]),
    message: 'with --config, this comes from the configuration',
    allowed: `a vendor without ${FROM_CONFIGURATION.join(', ')}`,
    ...document.place([...path, key], 'key'),
  }))
  return [...(isUnknown ? [unknownName({ ...named, found: name }, document)] : []), ...saidTwice]
}
