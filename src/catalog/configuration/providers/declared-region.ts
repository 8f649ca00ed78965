/**
 * Whether a provider works where the file says: a policy trusts the word, and an address or a variable decides.
 *
 * @module
 */
import { PARTS, partsOf } from '../../parts-of-the-world.ts'
import type { Problem } from '../text/problem.ts'
import { expressKey } from './provider-key.ts'
import type { ProviderSource } from './provider-source.ts'

const VARIABLES: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'AWS_REGION',
  'google-vertex': 'GOOGLE_VERTEX_LOCATION',
  'google-vertex-anthropic': 'GOOGLE_VERTEX_LOCATION',
}

/** Each region that the file declares, of the provider or of a model, and that its address or its variable contradicts. */
export function contradictedRegions(source: ProviderSource): readonly Problem[] {
  const { shape, problem } = source
  const place = placeOf(source)
  if (place === undefined) return []
  const declared: readonly (readonly [path: readonly string[], region: string | undefined])[] = [
    [[], shape.dataPolicy?.region],
    ...Object.entries(shape.models ?? {}).map(
      ([model, { dataPolicy }]) => [['models', model], dataPolicy?.region] as const,
    ),
  ]
  return declared.flatMap(([path, region]) =>
    region === undefined || isWithin(place.region, region)
      ? []
      : [
          problem([...path, 'dataPolicy', 'region'], {
            message: `the provider is called ${place.words}`,
            found: region,
            allowed: ALLOWED,
          }),
        ],
  )
}

const ALLOWED = 'the region where it is called, because policies rely on it'

interface Place {
  readonly region: string
  readonly words: string
}

function placeOf({ vendor, shape, catalogue, env }: ProviderSource): Place | undefined {
  if (shape.baseURL !== undefined) return placeAt(shape.baseURL)
  if (!Object.hasOwn(VARIABLES, vendor)) return undefined
  if (expressKey(shape, catalogue.provider(vendor), env) !== undefined)
    return { region: 'global', words: 'with an API key alone, so any region may answer' }
  const address = vendor === 'amazon-bedrock' ? ADDRESSES.find(variable => env[variable]?.trim()) : undefined
  const variable = address ?? VARIABLES[vendor]!
  const value = env[variable]?.trim() ?? ''
  const region = address === undefined ? value : amazonsRegion(value)
  return region ? { region, words: `in ${region}, as set by ${variable}` } : undefined
}

/** Where the package asks Bedrock, whatever its region; the first that is set. */
const ADDRESSES = ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_ENDPOINT_URL']

/** The address itself is not said: it may hold a key. */
function placeAt(baseURL: string): Place | undefined {
  const address = baseURL.toLowerCase()
  const region = NAMING_THEIRS.map(pattern => pattern.exec(address)?.[1]).find(found => found !== undefined)
  return region === undefined ? undefined : { region, words: `in ${region}, as its baseURL says` }
}

/** Those of Amazon, and of its private networks, say their region. */
const AMAZONS = /^https?:\/\/(?:[\w.-]+\.)?bedrock-runtime(?:-fips)?\.([a-z\d-]+)\.(?:vpce\.)?(?:amazonaws\.|api\.aws)/

/** Addresses that say a region, or a part of the world. At Google the path decides, whatever the host. */
const NAMING_THEIRS: readonly RegExp[] = [
  AMAZONS,
  /^https?:\/\/[\w.-]*aiplatform[\w.-]*\.googleapis\.com\/.*\/locations\/([a-z\d-]+)/,
  /^https?:\/\/([a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com/,
  /^https?:\/\/aiplatform\.([a-z]{2})\.rep\.googleapis\.com/,
  /^https?:\/\/([a-z\d]+)\.api\.cognitive\.microsoft\.com/,
  /^https?:\/\/[\w-]+\.([a-z\d]+)\.(?:models\.ai|inference\.(?:ai|ml))\.azure\.com/,
  /^https?:\/\/(eu|us)\.api\.openai\.com/,
]

/** The region of an address of Bedrock at Amazon itself. */
export function amazonsRegion(address: string): string | undefined {
  return AMAZONS.exec(address)?.[1]
}

/** A word that is neither a known part of the world nor a region is taken to hold every region but `global`. */
function isWithin(region: string, declared: string): boolean {
  const name = declared.toLowerCase()
  if (region === declared || region === name) return true
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
  return part ? part.test(region) : region !== 'global' && !isRegion(name)
}

/** As Amazon and Google call one, with hyphens and a number, or as Microsoft does. */
function isRegion(name: string): boolean {
  return /-[a-z]+-?\d+$/.test(name) || (/^[a-z]+\d?$/.test(name) && partsOf(name).length > 0)
}
