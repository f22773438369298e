using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.CustomActivities.Services;
using Platform.Runtime.Activities;
using Platform.Runtime.Explanations;
using Platform.Server.Compatibility;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Operations;
using Platform.Server.Sync;

namespace Platform.Server.Api;

/// <summary>
/// The records of our own API: camelCase names, enumerations as names, nulls written out. Requests are read strictly: an unknown or
/// repeated member is a mistake that is told.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(AuditModel))]
[JsonSerializable(typeof(AutomationBody))]
[JsonSerializable(typeof(AutomationDone))]
[JsonSerializable(typeof(AutomationHealth))]
[JsonSerializable(typeof(AutomationState))]
[JsonSerializable(typeof(HubHealth))]
[JsonSerializable(typeof(OrchestratorStarted))]
[JsonSerializable(typeof(OrchestratorStatus))]
[JsonSerializable(typeof(PipelineHistoryAnswer))]
[JsonSerializable(typeof(PipelineStartedAnswer))]
[JsonSerializable(typeof(PipelineTasksAnswer))]
[JsonSerializable(typeof(SchedulerState))]
[JsonSerializable(typeof(BreakerBody))]
[JsonSerializable(typeof(BreakerList))]
[JsonSerializable(typeof(BreakerModel))]
[JsonSerializable(typeof(BulkBody))]
[JsonSerializable(typeof(BulkJobModel))]
[JsonSerializable(typeof(BulkJobList))]
[JsonSerializable(typeof(BulkPreviewModel))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DiscoveryBody))]
[JsonSerializable(typeof(DiscoveryList))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(InstanceExplanation))]
[JsonSerializable(typeof(InstanceProgress))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(KeyCreated))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyModel))]
[JsonSerializable(typeof(LimitsBody))]
[JsonSerializable(typeof(LimitsModel))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(PauseBody))]
[JsonSerializable(typeof(PauseModel))]
[JsonSerializable(typeof(PermissionList))]
[JsonSerializable(typeof(ProcessBody))]
[JsonSerializable(typeof(ProcessList))]
[JsonSerializable(typeof(ProcessLogList))]
[JsonSerializable(typeof(ProcessOrderBody))]
[JsonSerializable(typeof(ProcessStopBody))]
[JsonSerializable(typeof(QueueItemList))]
[JsonSerializable(typeof(QueueModel))]
[JsonSerializable(typeof(RunBody))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunLogList))]
[JsonSerializable(typeof(RunModel))]
[JsonSerializable(typeof(RunTraceModel))]
[JsonSerializable(typeof(RerunBody))]
[JsonSerializable(typeof(RerunList))]
[JsonSerializable(typeof(RerunModel))]
[JsonSerializable(typeof(RetryBody))]
[JsonSerializable(typeof(RetryModel))]
[JsonSerializable(typeof(RetentionBody))]
[JsonSerializable(typeof(RetentionModel))]
[JsonSerializable(typeof(RetentionList))]
[JsonSerializable(typeof(ResumeLinkBody))]
[JsonSerializable(typeof(ResumeLinkModel))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(RoleChangeBody))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(RoleModel))]
[JsonSerializable(typeof(BackfillBody))]
[JsonSerializable(typeof(BackfillModel))]
[JsonSerializable(typeof(PreviewBody))]
[JsonSerializable(typeof(ScheduleCalendarModel))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(ScheduleModel))]
[JsonSerializable(typeof(ScheduleMoments))]
[JsonSerializable(typeof(ScheduleSettingsModel))]
[JsonSerializable(typeof(ScheduleStarted))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(OperationList))]
[JsonSerializable(typeof(PolicyBody))]
[JsonSerializable(typeof(PolicyList))]
[JsonSerializable(typeof(PolicyModel))]
[JsonSerializable(typeof(ServiceBody))]
[JsonSerializable(typeof(ServiceHealthModel))]
[JsonSerializable(typeof(SettingsModel))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ServiceModel))]
[JsonSerializable(typeof(ServiceOptions))]
[JsonSerializable(typeof(StorageModel))]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UserChangeBody))]
[JsonSerializable(typeof(UserCreated))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(UserModel))]
[JsonSerializable(typeof(TestInputBody))]
[JsonSerializable(typeof(TestInputList))]
[JsonSerializable(typeof(TestInputModel))]
[JsonSerializable(typeof(WorkflowList))]
[JsonSerializable(typeof(WorkflowTagsBody))]
[JsonSerializable(typeof(WorkflowTagsModel))]
[JsonSerializable(typeof(WatchedFileList))]
[JsonSerializable(typeof(AcknowledgeBody))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertChannelList))]
[JsonSerializable(typeof(AlertChannelTest))]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertRuleBody))]
[JsonSerializable(typeof(AlertRuleList))]
[JsonSerializable(typeof(AlertRuleModel))]
[JsonSerializable(typeof(EmergencyStopBody))]
[JsonSerializable(typeof(EmergencyStopModel))]
[JsonSerializable(typeof(MetricNameList))]
[JsonSerializable(typeof(MetricsModel))]
[JsonSerializable(typeof(MonitorModel))]
[JsonSerializable(typeof(RemedyBody))]
[JsonSerializable(typeof(RemedyList))]
[JsonSerializable(typeof(RemedyModel))]
[JsonSerializable(typeof(RemedyRunBody))]
[JsonSerializable(typeof(RemedyRunList))]
[JsonSerializable(typeof(RemedyRunModel))]
[JsonSerializable(typeof(Silence))]
[JsonSerializable(typeof(SilenceBody))]
[JsonSerializable(typeof(SilenceList))]
[JsonSerializable(typeof(SubjectHistory))]
[JsonSerializable(typeof(SubjectModel))]
[JsonSerializable(typeof(WorkflowStorageList))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>Other languages than English stay readable on the wire; it is JSON, never HTML.</summary>
    private static JsonSerializerOptions Readable => field ??= new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A reply with one of our records.</summary>
    /// <typeparam name="T">The record, known to this context.</typeparam>
    /// <param name="value">The record.</param>
    /// <param name="status">HTTP status. Default: 200.</param>
    public static IResult Reply<T>(T value, int status = StatusCodes.Status200OK)
        where T : class => Results.Json(value, Of<T>(), ContentType, status);

    /// <summary>Reads the body of a request.</summary>
    /// <typeparam name="T">What it holds, known to this context.</typeparam>
    /// <param name="request">The request.</param>
    /// <exception cref="BadHttpRequestException">It is not JSON, or not of this shape; the error boundary tells where.</exception>
    public static ValueTask<T> ReadAsync<T>(HttpRequest request)
        where T : class => JsonBody.ReadAsync(request, Of<T>());

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)(Readable.GetTypeInfo(typeof(T))
        ?? throw new InvalidOperationException($"{nameof(ApiJson)} does not know {typeof(T).Name}."));
}
