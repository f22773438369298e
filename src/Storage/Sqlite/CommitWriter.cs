using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Writes commits inside the transaction of a batch. The conditions of a commit are looked up before its first write, so that one
/// that does not hold leaves nothing to undo for the others of the batch.
/// </summary>
internal sealed class CommitWriter(Session session)
{
    private readonly List<InstanceRow> _rows = [];
    private readonly HashSet<string> _keys = [];

    public void Begin() => session.Connection.BeginWrite();

    public void Commit()
    {
        session.Classes.WriteCounts_InTransaction();
        session.Connection.CommitTransaction();
    }

    public void Rollback()
    {
        session.Classes.Forget();
        session.Connection.RollbackTransaction();
    }

    public CommitOutcome Write_InTransaction(Commit commit)
    {
        var outcome = Check_InTransaction(commit);
        if (outcome == CommitOutcome.Committed)
            Apply_InTransaction(commit);
        return outcome;
    }

    private CommitOutcome Check_InTransaction(Commit commit)
    {
        _rows.Clear();
        foreach (var instance in commit.Instances ?? [])
        {
            var row = session.Instances.Locate(instance.Id);
            if (row.Revision != instance.Revision - 1)
                return CommitOutcome.InstanceConflict;
            _rows.Add(row);
        }

        foreach (var advance in commit.TriggerAdvances ?? [])
        {
            if (!session.Triggers.IsDueAt_InTransaction(advance))
                return CommitOutcome.TriggerConflict;
        }

        _keys.Clear();
        foreach (var work in commit.Work ?? [])
        {
            if (work.Key is not null && (!_keys.Add(work.Key) || IsTaken_InTransaction(work, work.Key, commit)))
                return CommitOutcome.DuplicateKey;
        }

        foreach (var condition in commit.DocumentConditions ?? [])
        {
            if (session.Documents.Find(condition.Kind, condition.Id)?.Json != condition.Json)
                return CommitOutcome.DocumentConflict;
        }

        return CommitOutcome.Committed;
    }

    private bool IsTaken_InTransaction(StoredWork work, string key, Commit commit)
    {
        if (session.Work.Find(key) is not { } holder || holder.Id == work.Id || commit.DeletedWork?.Contains(holder.Id) == true)
            return false;
        return holder.InstanceId is null || commit.DeletedInstances?.Contains(holder.InstanceId) != true;
    }

    private void Apply_InTransaction(Commit commit)
    {
        foreach (var definition in commit.Definitions ?? [])
            session.Definitions.Put_InTransaction(definition);
        foreach (var id in commit.DeletedDefinitionVersions ?? [])
            session.Definitions.Delete_InTransaction(id);
        foreach (var set in commit.Triggers ?? [])
            session.Triggers.Replace_InTransaction(set);
        foreach (var advance in commit.TriggerAdvances ?? [])
            session.Triggers.Advance_InTransaction(advance);
        ApplyInstances_InTransaction(commit);
        foreach (var entry in commit.SearchEntries ?? [])
            session.Search.Put_InTransaction(entry);
        foreach (var id in commit.DeletedBookmarks ?? [])
            session.Bookmarks.Delete_InTransaction(id);
        foreach (var bookmark in commit.Bookmarks ?? [])
            session.Bookmarks.Put_InTransaction(bookmark);
        foreach (var id in commit.DeletedWork ?? [])
            session.Work.Delete_InTransaction(id);
        foreach (var work in commit.Work ?? [])
            session.Work.Put_InTransaction(work);
        foreach (var document in commit.Documents ?? [])
            session.Documents.Put_InTransaction(document);
        foreach (var key in commit.DeletedDocuments ?? [])
            session.Documents.Delete_InTransaction(key);
        foreach (var entry in commit.Audit ?? [])
            session.Audit.Add_InTransaction(entry);
        foreach (var id in commit.DeletedAudit ?? [])
            session.Audit.Delete_InTransaction(id);
    }

    private void ApplyInstances_InTransaction(Commit commit)
    {
        var number = 0L;
        for (var i = 0; i < _rows.Count; i++)
        {
            number = session.Instances.Put_InTransaction(commit.Instances![i], _rows[i]);
            // New rows are found by their numbers, so the start of a run costs nothing here.
            if (_rows[i] != InstanceRow.None)
                session.Search.MarkPending_InTransaction(number);
        }

        foreach (var id in commit.DeletedInstances ?? [])
            DeleteInstance_InTransaction(id);
        foreach (var expired in commit.ExpiredInstances ?? [])
        {
            if (session.Instances.IsFinishedAt_InTransaction(expired))
                DeleteInstance_InTransaction(expired.Id);
        }

        foreach (var burst in commit.Bursts ?? [])
        {
            var isOfOnlyInstance = commit.DeletedInstances is null && commit.Instances is [var only] && only.Id == burst.InstanceId;
            var row = isOfOnlyInstance ? number : session.Instances.Locate(burst.InstanceId).Number;
            if (row == InstanceRow.None.Number)
                throw new InvalidOperationException($"A burst was committed for instance '{burst.InstanceId}', which does not exist.");
            session.Instances.AddBurst_InTransaction(row, burst);
        }
    }

    private void DeleteInstance_InTransaction(string id)
    {
        if (session.Instances.Delete_InTransaction(id) is > 0 and var number)
            session.Search.Delete_InTransaction(number);
        session.Bookmarks.DeleteOfInstance_InTransaction(id);
        session.Work.DeleteOfInstance_InTransaction(id);
    }
}
