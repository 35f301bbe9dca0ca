// Preloaded (node --import): packages named by the scripts here, and by those of the identity providers, come from the
// folders that the install.sh of each made, since the checkout itself holds no node_modules.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const homes = [
  ["./", process.env.DOCENT_CLIENTS],
  ["../issuers/", process.env.DOCENT_ISSUERS],
]
  .filter(([, installed]) => installed)
  .map(([scripts, installed]) => [new URL(scripts, import.meta.url).href, pathToFileURL(join(installed, "package.json")).href]);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [, installed] = homes.find(([scripts]) => context.parentURL?.startsWith(scripts)) ?? [];
    const bare = !/^(\.|\/|node:|file:)/.test(specifier);
    return nextResolve(specifier, installed && bare ? { ...context, parentURL: installed } : context);
  },
});
