/** The class that a call was asked in and, where another one served it, that: `auto → strong`. */
export function classWords(asked: string, served: string | undefined): string {
  return served === undefined || served === asked ? asked : `${asked} → ${served}`
}
