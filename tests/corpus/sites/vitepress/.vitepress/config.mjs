// A small site of VitePress with its default theme.
export default {
  title: 'Lantern',
  description: 'Watches the lights of a house',
  cleanUrls: true,
  lastUpdated: false,
  themeConfig: {
    nav: [{ text: 'Guide', link: '/install' }],
    sidebar: [
      { text: 'Install Lantern', link: '/install' },
      { text: 'Configuration', link: '/configuration' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
    ],
    footer: { copyright: 'Copyright of the Lantern people' },
    editLink: { pattern: 'https://lantern.example/edit/:path' },
  },
}
