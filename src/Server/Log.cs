using System.Net;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Remedies;

namespace Platform.Server;

/// <summary>Every log message of the server. Event ids 4000 to 4999.</summary>
internal static partial class Log
{
    // 4000 to 4099: operations and security.
    [LoggerMessage(4001, LogLevel.Error, "The request {Method} {Path} failed; error id {ErrorId}.")]
    public static partial void EndpointFailed(ILogger logger, Exception exception, string method, string path, string errorId);

    [LoggerMessage(4002, LogLevel.Warning, "The store failed the write that asks whether it works.")]
    public static partial void StoreNotReady(ILogger logger, Exception exception);

    [LoggerMessage(4003, LogLevel.Warning, "{Address} can be reached from other machines without encryption. Passwords and keys can be read on the way: put TLS in front, or listen on localhost.")]
    public static partial void ListeningOpenly(ILogger logger, string address);

    [LoggerMessage(4004, LogLevel.Warning, "The data directory {Path} can be read by other users of this machine. Take that away: chmod 700.")]
    public static partial void DataDirectoryOpen(ILogger logger, string path);

    [LoggerMessage(4010, LogLevel.Information, "{User} signed in from {Address}.")]
    public static partial void SignedIn(ILogger logger, string user, IPAddress? address);

    [LoggerMessage(4011, LogLevel.Warning, "A sign-in as {User} from {Address} was refused: wrong name or password.")]
    public static partial void SignInRefused(ILogger logger, string user, IPAddress? address);

    [LoggerMessage(4012, LogLevel.Warning, "A sign-in from {Address} was refused: too many failures, the next attempt is possible in {RetryAfter}.")]
    public static partial void SignInThrottled(ILogger logger, IPAddress? address, TimeSpan retryAfter);

    [LoggerMessage(4013, LogLevel.Information, "{User} signed out.")]
    public static partial void SignedOut(ILogger logger, string user);

    [LoggerMessage(4014, LogLevel.Warning, "The password of {User} was set from Security:BootstrapPassword; earlier sessions ended.")]
    public static partial void PasswordReset(ILogger logger, string user);

    [LoggerMessage(4015, LogLevel.Warning, "The bootstrap API key was set from Security:BootstrapApiKey; the one before is void.")]
    public static partial void ApiKeyReset(ILogger logger);

    [LoggerMessage(4016, LogLevel.Warning, "{Method} {Path} of {User} was refused: it did not prove that it comes from this server's own pages.")]
    public static partial void CrossSiteRefused(ILogger logger, string method, string path, string? user);

    // 4100 to 4199: HTTP endpoints of workflows and their outgoing calls.
    [LoggerMessage(4101, LogLevel.Warning, "The HTTP trigger {TriggerId} of definition {DefinitionId} cannot be read and is left out: {Payload}")]
    public static partial void TriggerUnreadable(ILogger logger, string triggerId, string definitionId, string? payload);

    [LoggerMessage(4102, LogLevel.Warning, "The endpoint {Method} {Path} of {Owner} cannot be used and is left out.")]
    public static partial void EndpointUnusable(ILogger logger, Exception exception, string method, string path, string owner);

    [LoggerMessage(4103, LogLevel.Error, "A workflow request to {Path} failed: nothing of its run was stored.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(4104, LogLevel.Warning, "The activity '{ActivityId}' of instance {InstanceId} was kept from reaching {Host}: {Reason}")]
    public static partial void OutgoingBlocked(ILogger logger, string activityId, string instanceId, string host, string reason);

    // 4200 to 4299: what comes with the product.
    [LoggerMessage(4201, LogLevel.Information, "The shipped workflow '{DefinitionId}' is published.")]
    public static partial void WorkflowShipped(ILogger logger, string definitionId);

    [LoggerMessage(4202, LogLevel.Error, "The shipped workflow '{DefinitionId}' cannot be published: {Problems}")]
    public static partial void WorkflowInvalid(ILogger logger, string definitionId, string problems);

    [LoggerMessage(4203, LogLevel.Error, "The shipped workflow file {File} cannot be read and is left out.")]
    public static partial void FileUnusable(ILogger logger, Exception exception, string file);

    [LoggerMessage(4204, LogLevel.Information, "The sample services are starting: {Project}, at {Address}.")]
    public static partial void SamplesStarting(ILogger logger, string project, string address);

    [LoggerMessage(4205, LogLevel.Information, "The sample services answer already at {Address}.")]
    public static partial void SamplesRunning(ILogger logger, string address);

    [LoggerMessage(4206, LogLevel.Warning, "The sample services could not be started: {Reason}")]
    public static partial void SamplesMissing(ILogger logger, string reason);

    [LoggerMessage(4207, LogLevel.Debug, "Samples: {Line}")]
    public static partial void SampleLine(ILogger logger, string line);

    // 4300 to 4359: the API of Elsa's clients.
    [LoggerMessage(4301, LogLevel.Warning, "Viewers of the instance {InstanceId} could not be told what happened.")]
    public static partial void TellingFailed(ILogger logger, Exception exception, string instanceId);

    // 4360 to 4379: telemetry and health.
    [LoggerMessage(4360, LogLevel.Information, "Telemetry is exported to {Endpoint} ({Protocol}).")]
    public static partial void Exporting(ILogger logger, string endpoint, string protocol);

    [LoggerMessage(4361, LogLevel.Warning, "Telemetry could not be exported: {Reason}")]
    public static partial void ExportFailed(ILogger logger, string reason);

    [LoggerMessage(4362, LogLevel.Warning, "The store could not be measured; its metrics are old or missing.")]
    public static partial void StoreNotMeasured(ILogger logger, Exception exception);

    [LoggerMessage(4363, LogLevel.Warning, "The check '{Check}' is {Status}: {Detail}")]
    public static partial void CheckChanged(ILogger logger, string check, string status, string? detail);

    [LoggerMessage(4364, LogLevel.Information, "The check '{Check}' is ok again.")]
    public static partial void CheckRecovered(ILogger logger, string check);

    // 4460 to 4499: services that workflows call.
    [LoggerMessage(4460, LogLevel.Warning, "The circuit breaker of the service '{Service}' opened after {Failures} failures; calls are let through again at {NextProbeAt}.")]
    public static partial void BreakerOpened(ILogger logger, string service, int failures, DateTimeOffset? nextProbeAt);

    [LoggerMessage(4461, LogLevel.Information, "The circuit breaker of the service '{Service}' closed.")]
    public static partial void BreakerClosed(ILogger logger, string service);

    [LoggerMessage(4462, LogLevel.Error, "How the circuit breaker of the service '{Service}' stands could not be stored; after a restart it stands as before.")]
    public static partial void BreakerNotStored(ILogger logger, Exception exception, string service);

    [LoggerMessage(4463, LogLevel.Error, "The stored {Kind} '{Name}' cannot be used and is left out: {Problems}")]
    public static partial void StoredServiceUnusable(ILogger logger, string kind, string name, string problems);

    [LoggerMessage(4464, LogLevel.Warning, "The registered services do not fit together. {Problem}")]
    public static partial void ServicesInconsistent(ILogger logger, string problem);

    // 4480 to 4499: services that the server starts.
    [LoggerMessage(4480, LogLevel.Information, "The service '{Service}' was started: process {ProcessId}.")]
    public static partial void ServiceStarted(ILogger logger, string service, int processId);

    [LoggerMessage(4481, LogLevel.Information, "The service '{Service}' is ready: process {ProcessId}.")]
    public static partial void ServiceReady(ILogger logger, string service, int processId);

    [LoggerMessage(4482, LogLevel.Information, "The process {ProcessId} of the service '{Service}' has ended with exit code {ExitCode}.")]
    public static partial void ServiceEnded(ILogger logger, string service, int processId, int exitCode);

    [LoggerMessage(4483, LogLevel.Warning, "The service '{Service}' failed. {Reason}")]
    public static partial void ServiceFailed(ILogger logger, string service, string reason);

    [LoggerMessage(4484, LogLevel.Error, "The service '{Service}' is quarantined until somebody starts it. {Reason}")]
    public static partial void ServiceQuarantined(ILogger logger, string service, string reason);

    [LoggerMessage(4485, LogLevel.Warning, "The server was killed and left processes of '{Service}' running, which were ended: {ProcessIds}.")]
    public static partial void LeftoversEnded(ILogger logger, string service, string processIds);

    [LoggerMessage(4486, LogLevel.Error, "What happened to the process of the service '{Service}' could not be stored.")]
    public static partial void ProcessNotStored(ILogger logger, Exception exception, string service);

    [LoggerMessage(4487, LogLevel.Error, "The supervision of the service '{Service}' failed.")]
    public static partial void SupervisionFailed(ILogger logger, Exception exception, string service);

    [LoggerMessage(4488, LogLevel.Warning, "The stored start command of the service '{Service}' is left out: Supervision:StartCommandsByRest is off.")]
    public static partial void StartCommandLeftOut(ILogger logger, string service);

    // 4380 to 4409: the audit log.
    [LoggerMessage(4380, LogLevel.Error, "An audit entry could not be written: {Action} {Outcome}, {TargetKind} '{TargetId}', by {Actor}.")]
    public static partial void AuditNotWritten(ILogger logger, Exception exception, string action, string outcome, string? targetKind, string? targetId, string? actor);

    // 4420 to 4439: users, keys, links and webhooks.
    [LoggerMessage(4420, LogLevel.Warning, "That the key {KeyId} was used could not be written.")]
    public static partial void KeyUseNotWritten(ILogger logger, Exception exception, string keyId);

    [LoggerMessage(4421, LogLevel.Warning, "A webhook to {Path} from {Address} was refused: its signature is wrong, or too old.")]
    public static partial void WebhookRefused(ILogger logger, string path, IPAddress? address);

    [LoggerMessage(4422, LogLevel.Error, "Webhooks to {Path} cannot be checked: there is no secret '{Secret}' that is given out and is base64 of 16 bytes or more.")]
    public static partial void WebhookSecretUnusable(ILogger logger, string path, string secret);

    // 4530 to 4549: definitions as files, sign-in by another server.
    [LoggerMessage(4530, LogLevel.Information, "The folder {Folder} is watched: new and changed workflows in it are taken in.")]
    public static partial void FolderWatched(ILogger logger, string folder);

    [LoggerMessage(4531, LogLevel.Information, "The workflow '{DefinitionId}' was taken from the file {File}; it is version {Version}.")]
    public static partial void WorkflowFileTaken(ILogger logger, string definitionId, string file, int? version);

    [LoggerMessage(4532, LogLevel.Warning, "The file {File} cannot be used, and nothing was changed. {Problems}")]
    public static partial void WorkflowFileUnusable(ILogger logger, string file, string problems);

    [LoggerMessage(4533, LogLevel.Warning, "The file {File} was not taken in. {Problem}")]
    public static partial void WorkflowFileConflict(ILogger logger, string file, string problem);

    [LoggerMessage(4534, LogLevel.Warning, "The folder of workflows is not watched at the moment: {Problem}")]
    public static partial void FolderUnusable(ILogger logger, string problem);

    [LoggerMessage(4535, LogLevel.Warning, "The file system does not tell of changes in {Folder}; it is looked through every {Interval}.")]
    public static partial void FolderPolled(ILogger logger, Exception exception, string folder, TimeSpan interval);

    [LoggerMessage(4536, LogLevel.Error, "The folder of workflows could not be taken in; it is tried again.")]
    public static partial void WatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(4540, LogLevel.Warning, "A sign-in by the provider was refused with {Code}, from {Address}: {Reason}")]
    public static partial void ProviderSignInRefused(ILogger logger, string code, IPAddress? address, string reason);

    // 4500 to 4529: health monitor, alerts, remedies, emergency stop.
    [LoggerMessage(4500, LogLevel.Warning, "'{Subject}' is {Status}; it was {Before}. {Detail}")]
    public static partial void SubjectWorse(ILogger logger, string subject, SubjectStatus status, SubjectStatus before, string? detail);

    [LoggerMessage(4501, LogLevel.Information, "'{Subject}' is healthy again; it was {Before}.")]
    public static partial void SubjectHealthy(ILogger logger, string subject, SubjectStatus before);

    [LoggerMessage(4502, LogLevel.Warning, "A round of the monitor failed in {Part}; the next one is on its interval.")]
    public static partial void MonitorRoundFailed(ILogger logger, Exception exception, string part);

    [LoggerMessage(4503, LogLevel.Error, "The stored {Kind} '{Id}' cannot be read and is left out: {Problem}")]
    public static partial void MonitorDocumentUnusable(ILogger logger, string kind, string id, string problem);

    [LoggerMessage(4504, LogLevel.Warning, "Alert {Rule} of '{Subject}' ({Severity}): {Message}")]
    public static partial void AlertOpened(ILogger logger, string rule, string subject, Severity severity, string message);

    [LoggerMessage(4505, LogLevel.Information, "Alert {Rule} of '{Subject}' is over after {Duration}.")]
    public static partial void AlertResolved(ILogger logger, string rule, string subject, TimeSpan duration);

    [LoggerMessage(4506, LogLevel.Warning, "{Count} alerts could not be stored; they are with the next round.")]
    public static partial void AlertsNotStored(ILogger logger, Exception exception, int count);

    [LoggerMessage(4507, LogLevel.Warning, "Too many notices wait to be told; one of the alert {Rule} of '{Subject}' was left out.")]
    public static partial void NoticeDropped(ILogger logger, string rule, string subject);

    [LoggerMessage(4508, LogLevel.Warning, "The channel '{Channel}' could not be told of the alert {Rule} of '{Subject}': {Reason}")]
    public static partial void NoticeFailed(ILogger logger, string channel, string rule, string subject, string reason);

    [LoggerMessage(4509, LogLevel.Warning, "The remedy '{Remedy}' for '{Subject}' started the workflow '{Workflow}' as instance {InstanceId}, for {By}.")]
    public static partial void RemedyStarted(ILogger logger, string remedy, string subject, string workflow, string? instanceId, string by);

    [LoggerMessage(4510, LogLevel.Error, "The remedy '{Remedy}' for '{Subject}' could not be started: {Reason}")]
    public static partial void RemedyFailed(ILogger logger, string remedy, string subject, string? reason);

    [LoggerMessage(4511, LogLevel.Information, "The remedy '{Remedy}' for '{Subject}' did nothing ({Outcome}): {Reason}")]
    public static partial void RemedyNotRun(ILogger logger, string remedy, string subject, RemedyOutcome outcome, string? reason);

    [LoggerMessage(4512, LogLevel.Critical, "All work was stopped by {By}: {Reason}")]
    public static partial void Stopped(ILogger logger, string by, string? reason);

    [LoggerMessage(4513, LogLevel.Warning, "All work was released by {By} after {Duration}.")]
    public static partial void Released(ILogger logger, string by, TimeSpan duration);

    [LoggerMessage(4514, LogLevel.Critical, "The server starts with all work stopped, as {By} left it at {At}: {Reason}")]
    public static partial void StartsStopped(ILogger logger, string by, DateTimeOffset at, string? reason);

    // 4600 to 4649: circuit breakers of workflows.
    [LoggerMessage(4600, LogLevel.Warning, "The circuit breaker '{Breaker}' opened after {Failures} failures; workflows are let through again at {NextProbeAt}.")]
    public static partial void NamedBreakerOpened(ILogger logger, string breaker, int failures, DateTimeOffset? nextProbeAt);

    [LoggerMessage(4601, LogLevel.Information, "The circuit breaker '{Breaker}' closed.")]
    public static partial void NamedBreakerClosed(ILogger logger, string breaker);

    [LoggerMessage(4602, LogLevel.Error, "How the circuit breaker '{Breaker}' stands could not be stored; after a restart it stands as before.")]
    public static partial void NamedBreakerNotStored(ILogger logger, Exception exception, string breaker);

    [LoggerMessage(4603, LogLevel.Error, "What is stored of the circuit breaker '{Breaker}' cannot be used; it is closed.")]
    public static partial void NamedBreakerUnusable(ILogger logger, string breaker);
}
