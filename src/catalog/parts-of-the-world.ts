/**
 * What parts of the world are called, as Amazon's profiles are, and which regions of Amazon, Google and Microsoft each has.
 *
 * @module
 */

/** The smaller ones first. London and Zurich are outside of the EU. Microsoft's regions are named without hyphens: `westeurope`, `eastus2`. */
export const PARTS: Readonly<Record<string, RegExp>> = {
  eu: /^eu$|^eusc-|^eu-(?!west-2$|central-2$)|^europe-(?!west2$|west6$)|^(?:west|north)europe$|^(?:austria|belgium|denmark|finland|france|germany|greece|italy|poland|spain|sweden)[a-z]+$/,
  us: /^us$|^us-|^[a-z]+us\d?$/,
  jp: /^ap-northeast-[13]$|^asia-northeast[12]$|^japan(?:east|west)$/,
  au: /^ap-southeast-[24]$|^australia-|^australia[a-z]+\d?$/,
  ca: /^ca-|^northamerica-northeast|^canada(?:central|east)$/,
  apac: /^(?:ap|asia|australia)-|^(?:east|southeast)asia$|^(?:central|south|west)india$|^(?:australia|indonesia|japan|jioindia|korea|malaysia|newzealand|taiwan)[a-z]+\d?$/,
}

/** Those that a region belongs to. */
export function partsOf(region: string): readonly string[] {
  return Object.keys(PARTS).filter(part => PARTS[part]!.test(region))
}
