using System.IO.Compression;
using System.Text;

namespace Platform.Server.Tests.Elsa;

public sealed class UploadTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const int Mebi = 1_048_576;

    [Fact]
    public async Task Files_and_archives_are_imported_together()
    {
        var answer = await UploadAsync(
            ("a.json", Encoding.UTF8.GetBytes(Documents.Order("upload-a", "upload-a-v1", "A"))),
            ("more.zip", Pack(("folder/b.json", Documents.Order("upload-b", "upload-b-v1", "B")), ("readme.txt", "not a workflow"))));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Node["count"]!.GetValue<int>().ShouldBe(2);
        (await server.GetAsync("/workflow-definitions/by-definition-id/upload-b?versionOptions=Latest")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_name_that_leads_out_of_the_archive_is_only_a_name()
    {
        var answer = await UploadAsync(("slip.zip", Pack(("../../../../tmp/upload-slip.json", Documents.Order("upload-slip", "upload-slip-v1", "Slip")))));

        answer.Status.ShouldBe(200, answer.Text);
        File.Exists("/tmp/upload-slip.json").ShouldBeFalse();
    }

    [Fact]
    public async Task An_archive_within_an_archive_is_refused_and_nothing_is_imported()
    {
        var inner = Encoding.Latin1.GetString(Pack(("c.json", "{}")));

        var answer = await UploadAsync(("outer.zip", Pack(("a.json", Documents.Order("upload-outer", "upload-outer-v1", "Outer")), ("Inner.ZIP", inner))));

        answer.ShouldBeInvalid("WF4701", "archive within an archive");
        (await server.GetAsync("/workflow-definitions/by-definition-id/upload-outer?versionOptions=Latest")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Too_many_files_and_entries_are_refused()
    {
        (await UploadAsync(("many.zip", Pack([.. Enumerable.Range(0, 1_001).Select(i => ($"{i}.json", "{}"))])))).ShouldBeInvalid("WF4701", "more than 1000 files");
        (await UploadAsync(("many.zip", Pack([.. Enumerable.Range(0, 10_001).Select(i => ($"{i}.txt", ""))])))).ShouldBeInvalid("WF4701", "more than 10000 entries");
    }

    [Theory]
    [InlineData(1, 1, 11)]
    [InlineData(1, 5, 9)]
    [InlineData(3, 2, 9)]
    public async Task What_an_upload_holds_unpacked_is_counted_over_all_its_archives(int archives, int entries, int mebibytes)
    {
        var bomb = Pack([.. Enumerable.Range(0, entries).Select(i => ($"{i}.json", "{}" + new string(' ', mebibytes * Mebi)))]);
        bomb.Length.ShouldBeLessThan(Mebi);

        var answer = await UploadAsync([.. Enumerable.Range(0, archives).Select(i => ($"{i}.zip", bomb))]);

        answer.Status.ShouldBe(413, answer.Text);
        answer.Text.ShouldContain("WF4001");
    }

    [Fact]
    public async Task Damaged_archives_and_files_are_refused_and_never_an_error_of_ours()
    {
        var random = new Random(4700);
        var archive = Pack(("a.json", Documents.Order("fuzz-a", "fuzz-a-v1", "A")), ("b.json", Documents.Order("fuzz-b", "fuzz-b-v1", "B")));
        var file = Encoding.UTF8.GetBytes(Documents.Order("fuzz-c", "fuzz-c-v1", "C"));
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < 600; i++)
        {
            var answer = await UploadAsync(i % 2 == 0 ? ("x.zip", Damage(archive, random)) : ("x.json", Damage(file, random)));
            answer.Status.ShouldBeOneOf([200, 400, 403, 413], $"round {i}: {answer.Text}");
            statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
        }

        statuses.GetValueOrDefault(400).ShouldBeGreaterThan(200);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToArray();
        for (var i = random.Next(1, 12); i > 0; i--)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return random.Next(4) switch
        {
            0 => damaged[..random.Next(damaged.Length)],
            1 => [.. damaged[random.Next(damaged.Length)..], .. damaged],
            _ => damaged,
        };
    }

    private static byte[] Pack(params (string Name, string Content)[] files)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return buffer.ToArray();
    }

    private async Task<Answer> UploadAsync(params (string Name, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in files)
            form.Add(new ByteArrayContent(content), "files", name);
        return await server.SendAsync(HttpMethod.Post, "/workflow-definitions/import-files", form);
    }
}
