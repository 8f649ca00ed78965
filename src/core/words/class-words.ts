/** The class that a call was made in, and the one that served it if that is another: `auto → strong`. */
export function classWords(asked: string, served: string | undefined): string {
  return served === undefined || served === asked ? asked : `${asked} → ${served}`
}
