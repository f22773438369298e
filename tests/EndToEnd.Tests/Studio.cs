using System.Runtime.CompilerServices;

namespace Platform.EndToEnd.Tests;

/// <summary>One server and one browser for all tests; each test gets a browser profile of its own.</summary>
[CollectionDefinition(Name)]
public sealed class Studio : ICollectionFixture<Studio.Fixture>
{
    public const string Name = "studio";

    public sealed class Fixture : IAsyncLifetime
    {
        readonly BrowserFixture browser = new();

        public ServerFixture Server { get; } = new();

        public Task InitializeAsync() => Task.WhenAll(browser.InitializeAsync(), Server.InitializeAsync());

        public async Task DisposeAsync()
        {
            await browser.DisposeAsync();
            await Server.DisposeAsync();
        }

        /// <summary>
        /// Plays a scenario. Afterwards the page must be clean: no error in the console, no failed request, no request to
        /// another host, no crash of Elsa Studio. A failure comes with a picture of the page and the end of
        /// the server's log. The page comes from the server, or through what stands at another address.
        /// </summary>
        public async Task PlayAsync(Func<StudioPage, Task> scenario, [CallerMemberName] string name = "", string? through = null)
        {
            await using var context = await NewContextAsync();
            var page = await StudioPage.CreateAsync(context, Server, through);
            try
            {
                await scenario(page);
                await page.ShouldBeCleanAsync();
            }
            catch (Exception failure)
            {
                throw new ShouldAssertException(await DescribeAsync(page, name, failure), failure);
            }
        }

        async Task<IBrowserContext> NewContextAsync()
        {
            var context = await browser.Browser.NewContextAsync(new()
            {
                ViewportSize = new() { Width = 1440, Height = 900 },
                Locale = "en-US",
                TimezoneId = "UTC",
            });
            context.SetDefaultTimeout(30_000);
            return context;
        }

        async Task<string> DescribeAsync(StudioPage page, string name, Exception failure)
        {
            var directory = Directory.CreateDirectory(ServerProcess.Metadata("ResultsDirectory")).FullName;
            var picture = Path.Combine(directory, name + ".png");
            await page.Page.ScreenshotAsync(new() { Path = picture });
            return $"""
                {failure.Message}

                At {page.Page.Url}; picture: {picture}
                What the page said: {string.Join("\n  ", page.Problems.DefaultIfEmpty("nothing"))}
                The end of the server's log:
                {Server.Log()}
                """;
        }
    }
}
