using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Elsa.Descriptors;
using Platform.Server.Elsa.Identity;
using Platform.Server.Elsa.Instances;
using Platform.Server.Elsa.Labels;
using Platform.Server.Elsa.Live;
using Platform.Server.Elsa.Operations;
using Platform.Server.Elsa.Resilience;
using Platform.Server.Elsa.Secrets;

namespace Platform.Server.Elsa;

/// <summary>
/// Our records on the wire: camelCase names, enumerations as names, nulls written out. Requests are read leniently, as clients of
/// several ages write them: names in any case, unknown members ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    UseStringEnumConverter = true,
    MaxDepth = 256)]
[JsonSerializable(typeof(InvalidRequest))]
[JsonSerializable(typeof(RefusedRequest))]
[JsonSerializable(typeof(IReadOnlyList<Link>))]
[JsonSerializable(typeof(DefinitionSummary))]
[JsonSerializable(typeof(DefinitionList))]
[JsonSerializable(typeof(DefinitionModels))]
[JsonSerializable(typeof(NameUniqueness))]
[JsonSerializable(typeof(Counted))]
[JsonSerializable(typeof(ImportReply))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(SaveReply))]
[JsonSerializable(typeof(DefinitionIdsRequest))]
[JsonSerializable(typeof(IdsRequest))]
[JsonSerializable(typeof(VersionIdsRequest))]
[JsonSerializable(typeof(DeletedReply))]
[JsonSerializable(typeof(BulkPublishReply))]
[JsonSerializable(typeof(BulkRetractReply))]
[JsonSerializable(typeof(ConsumersReply))]
[JsonSerializable(typeof(UpdatedReferencesReply))]
[JsonSerializable(typeof(Listing<ActivityDescriptor>))]
[JsonSerializable(typeof(Listing<ResilienceStrategyModel>))]
[JsonSerializable(typeof(Listing<RetryAttemptModel>))]
[JsonSerializable(typeof(Listing<ExpressionDescriptor>))]
[JsonSerializable(typeof(Listing<StorageDriverDescriptor>))]
[JsonSerializable(typeof(Listing<VariableTypeDescriptor>))]
[JsonSerializable(typeof(Listing<StrategyDescriptor>))]
[JsonSerializable(typeof(Listing<NamedStrategyDescriptor>))]
[JsonSerializable(typeof(Listing<OutputConverterDescriptor>))]
[JsonSerializable(typeof(Listing<FeatureDescriptor>))]
[JsonSerializable(typeof(PackageVersionReply))]
[JsonSerializable(typeof(InputOptionsReply))]
[JsonSerializable(typeof(TypeDefinitionsRequest))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(DispatchReply))]
[JsonSerializable(typeof(BulkDispatchReply))]
[JsonSerializable(typeof(InstanceListRequest))]
[JsonSerializable(typeof(InstanceList))]
[JsonSerializable(typeof(InstanceModel))]
[JsonSerializable(typeof(ExecutionStateReply))]
[JsonSerializable(typeof(Listing<VariableValue>))]
[JsonSerializable(typeof(CancelledReply))]
[JsonSerializable(typeof(ImportedReply))]
[JsonSerializable(typeof(BulkCancelRequest))]
[JsonSerializable(typeof(JournalRecord))]
[JsonSerializable(typeof(JournalPage))]
[JsonSerializable(typeof(JournalRequest))]
[JsonSerializable(typeof(ActivityRecord))]
[JsonSerializable(typeof(Listing<ActivityRecord>))]
[JsonSerializable(typeof(Listing<ActivityRecordSummary>))]
[JsonSerializable(typeof(ReportRequest))]
[JsonSerializable(typeof(StatsReply))]
[JsonSerializable(typeof(CallStackReply))]
[JsonSerializable(typeof(ExceptionReply))]
[JsonSerializable(typeof(LogUpdated))]
[JsonSerializable(typeof(InstanceUpdated))]
[JsonSerializable(typeof(InstanceFile))]
[JsonSerializable(typeof(AlterationRequest))]
[JsonSerializable(typeof(AlterationReply))]
[JsonSerializable(typeof(AlterationFilterRequest))]
[JsonSerializable(typeof(AlterationRunRequest))]
[JsonSerializable(typeof(RetryRequest))]
[JsonSerializable(typeof(SelectedInstancesReply))]
[JsonSerializable(typeof(AlterationRunReply))]
[JsonSerializable(typeof(AlterationPlanReply))]
[JsonSerializable(typeof(CompleteTaskRequest))]
[JsonSerializable(typeof(TriggerEventRequest))]
[JsonSerializable(typeof(SecretModel))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(SecretPicks))]
[JsonSerializable(typeof(SecretDescriptors))]
[JsonSerializable(typeof(SecretTest))]
[JsonSerializable(typeof(RenewedKey))]
[JsonSerializable(typeof(SecretPickerRequest))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(ElsaUserRequest))]
[JsonSerializable(typeof(ElsaRoleRequest))]
[JsonSerializable(typeof(ElsaUser))]
[JsonSerializable(typeof(ElsaUserList))]
[JsonSerializable(typeof(ElsaUserCreated))]
[JsonSerializable(typeof(ElsaRole))]
[JsonSerializable(typeof(ElsaRoleList))]
[JsonSerializable(typeof(ElsaApplication))]
[JsonSerializable(typeof(RoleDeletionImpact))]
[JsonSerializable(typeof(TestRunRequest))]
[JsonSerializable(typeof(TestRunReply))]
[JsonSerializable(typeof(DeadLetterItem))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(EmptyList))]
[JsonSerializable(typeof(Label))]
[JsonSerializable(typeof(LabelContent))]
[JsonSerializable(typeof(LabelList))]
[JsonSerializable(typeof(LabelsOfReply))]
[JsonSerializable(typeof(LabelsOfRequest))]
[JsonSerializable(typeof(Listing<JsonObject>))]
[JsonSerializable(typeof(Listing<string>))]
[JsonSerializable(typeof(RefreshedReply))]
[JsonSerializable(typeof(ReplayReply))]
[JsonSerializable(typeof(RuntimeStatus))]
[JsonSerializable(typeof(ShellsReloaded))]
[JsonSerializable(typeof(SimulatedResponse))]
[JsonSerializable(typeof(VariablesRequest))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>Other languages than English stay readable on the wire; it is JSON, never HTML.</summary>
    private static JsonSerializerOptions Readable => field ??= new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How a record is written and read.</summary>
    /// <typeparam name="T">The record.</typeparam>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)(Readable.GetTypeInfo(typeof(T))
        ?? throw new InvalidOperationException($"{nameof(WireJson)} does not know {typeof(T).Name}."));
}
