using System.Globalization;
using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Values;

namespace Platform.Runtime.Alterations;

/// <summary>Reads alterations as clients write them. Names are read in any case, unknown members are ignored.</summary>
public static class AlterationReader
{
    /// <summary>Most alterations of one request. Each is applied to every instance under its lock.</summary>
    public const int AlterationsMax = 100;

    private const int TextLengthMax = 1_000;
    private const string NotKnown = "WF4011";
    private const string Unusable = "WF4021";

    /// <summary>Reads a list of alterations.</summary>
    /// <param name="alterations">A JSON array.</param>
    /// <param name="problems">What is wrong, each with its place; empty when everything could be read.</param>
    public static IReadOnlyList<Alteration> Read(JsonElement alterations, out IReadOnlyList<DefinitionProblem> problems)
    {
        var found = new List<DefinitionProblem>();
        var read = new List<Alteration>();
        problems = found;
        if (alterations.ValueKind != JsonValueKind.Array || alterations.GetArrayLength() is 0 or > AlterationsMax)
        {
            found.Add(new DefinitionProblem("$.alterations", Unusable, $"Give 'alterations' a list of 1 to {AlterationsMax} alterations."));
            return read;
        }

        var index = 0;
        foreach (var item in alterations.EnumerateArray())
        {
            if (ReadOne(item, string.Create(CultureInfo.InvariantCulture, $"$.alterations[{index++}]"), found) is { } alteration)
                read.Add(alteration);
        }

        return read;
    }

    private static Alteration? ReadOne(JsonElement element, string path, List<DefinitionProblem> problems)
    {
        var item = new Item(element, path, problems);
        switch (item.Text("type")?.ToUpperInvariant())
        {
            case "CANCEL":
                return new Alteration.Cancel();
            case "CANCELACTIVITY":
                return item.Target() is var (cancelled, cancelledExecution) ? new Alteration.CancelActivity(cancelled, cancelledExecution) : null;
            case "SCHEDULEACTIVITY":
                return item.Target() is var (scheduled, scheduledExecution) ? new Alteration.ScheduleActivity(scheduled, scheduledExecution) : null;
            case "MODIFYVARIABLE":
                return item.Text("variableId") is { } variable
                    ? new Alteration.ModifyVariable(variable, item.Value("value"))
                    : item.Refuse("variableId", "Give 'variableId' the id of the variable.");
            case "MIGRATE":
                return item.Number("targetVersion") is { } version
                    ? new Alteration.Migrate(version)
                    : item.Refuse("targetVersion", "Give 'targetVersion' the number of a version, 1 or more.");
            default:
                problems.Add(new DefinitionProblem(
                    path + ".type", NotKnown, "The type of the alteration is not known. Use Cancel, CancelActivity, ModifyVariable, ScheduleActivity or Migrate."));
                return null;
        }
    }

    private readonly struct Item(JsonElement element, string path, List<DefinitionProblem> problems)
    {
        public string? Text(string name) =>
            Find(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 and <= TextLengthMax } text ? text : null;

        public int? Number(string name) =>
            Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number > 0 ? number : null;

        public object? Value(string name) => Find(name) is { } value ? DynamicJson.FromElement(value) : null;

        public (string? ActivityId, string? ActivityInstanceId)? Target()
        {
            var (activity, execution) = (Text("activityId"), Text("activityInstanceId"));
            if (activity is not null || execution is not null)
                return (activity, execution);
            Refuse("activityId", "Name an activity by 'activityId', or one execution of it by 'activityInstanceId'.");
            return null;
        }

        public Alteration? Refuse(string member, string message)
        {
            problems.Add(new DefinitionProblem($"{path}.{member}", Unusable, message));
            return null;
        }

        private JsonElement? Find(string name)
        {
            if (element.ValueKind != JsonValueKind.Object)
                return null;
            foreach (var member in element.EnumerateObject())
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                    return member.Value;
            }

            return null;
        }
    }
}
