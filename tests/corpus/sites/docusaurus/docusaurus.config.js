// A small site of Docusaurus with its classic theme.
export default {
  title: 'Lantern',
  tagline: 'Watches the lights of a house',
  url: 'https://lantern.example',
  baseUrl: '/',
  onBrokenLinks: 'warn',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [
    [
      'classic',
      {
        docs: { routeBasePath: '/', sidebarPath: undefined, editUrl: 'https://lantern.example/edit/' },
        blog: false,
      },
    ],
  ],
  themeConfig: {
    navbar: { title: 'Lantern', items: [{ to: '/install', label: 'Docs', position: 'left' }] },
    footer: { copyright: 'Copyright of the Lantern people' },
  },
};
