// Preloaded (node --import): packages named by the scripts here come from the folder that
// install.sh made, since the checkout itself holds no node_modules.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const scripts = new URL("./", import.meta.url).href;
const installed = pathToFileURL(join(process.env.DOCENT_CLIENTS, "package.json")).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const ours = context.parentURL?.startsWith(scripts);
    const bare = !/^(\.|\/|node:|file:)/.test(specifier);
    return nextResolve(specifier, ours && bare ? { ...context, parentURL: installed } : context);
  },
});
