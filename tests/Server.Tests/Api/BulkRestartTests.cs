using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Bulk;
using Platform.Runtime.Definitions;
using Platform.Runtime.Execution;
using Platform.Runtime.Reruns;
using Platform.Runtime.Store;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Api;

/// <summary>What a database on disk keeps of bulk jobs and re-runs when the server ends.</summary>
public sealed class BulkRestartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("platform-bulk-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_job_of_reruns_goes_on_from_the_database_and_runs_no_instance_twice()
    {
        string id;
        await using (var server = Start(TimeSpan.Zero))
        {
            await server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
                new DefinitionDraft(Of(Step("a", "Elsa.SetName"))) { DefinitionId = "w", Name = "w", ToolVersion = "3.8.0.0" }, publish: true, CancellationToken.None);
            for (var i = 0; i < 5; i++)
                await server.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartRequest { DefinitionId = "w" }, CancellationToken.None);
            var job = new BulkJob(Guid.NewGuid().ToString("n"), BulkAction.Rerun, JsonElement.Parse("{}")) { PerSecond = 2 };
            id = (await Jobs(server).SubmitAsync(job, new BulkFilter(new InstanceFilter { DefinitionIds = ["w"] }, []), 5, CancellationToken.None))
                .ShouldBeOfType<BulkSubmitResult.Accepted>().Job.Id;
            await UntilAsync(server, id, job => job.Position == 2);
        }

        await using (var server = Start(TimeSpan.FromSeconds(10)))
            await UntilAsync(server, id, job => job.Position == 4);
        await using (var server = Start(TimeSpan.FromSeconds(20)))
        {
            var job = await UntilAsync(server, id, job => job.CompletedAt is not null);
            (job.Done, job.Failed, job.LeftOut).ShouldBe((5, 0, 0));
            var instances = (await server.Services.GetRequiredService<IWorkflowStore>().ListInstancesAsync(new InstanceFilter { DefinitionIds = ["w"] }, CancellationToken.None)).Items;
            instances.Count.ShouldBe(10);
            var originals = instances.Where(instance => instance.RerunOf is null).ToList();
            foreach (var original in originals)
                (await server.Services.GetRequiredService<Reruns>().ListAsync(original.Id, 0, 10, CancellationToken.None)).TotalCount.ShouldBe(1);
        }
    }

    private static BulkJobs Jobs(TestServer server) => server.Services.GetRequiredService<BulkJobs>();

    private static async Task<BulkJob> UntilAsync(TestServer server, string id, Func<BulkJob, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (await Jobs(server).FindAsync(id, CancellationToken.None) is { } job && condition(job))
                return job;
            await Task.Yield();
        }
    }

    /// <summary>A server on the same directory, at a moment after the first one's start.</summary>
    private TestServer Start(TimeSpan after)
    {
        var server = new TestServer(new()
        {
            ["Storage:Kind"] = "Sqlite",
            ["Storage:DataDirectory"] = _data.FullName,
            ["Security:BootstrapPassword"] = TestServer.Password,
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        });
        server.Clock.Advance(after);
        _ = server.Services;
        return server;
    }
}
