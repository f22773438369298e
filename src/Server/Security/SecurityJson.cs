using System.Text.Json.Serialization;

namespace Platform.Server.Security;

/// <summary>The JSON of stored users, roles and keys, and of signing in.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UserDocument))]
[JsonSerializable(typeof(RoleDocument))]
[JsonSerializable(typeof(ApiKeyDocument))]
[JsonSerializable(typeof(ApiKeyUseDocument))]
[JsonSerializable(typeof(ExternalLoginDocument))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(SignedOut))]
[JsonSerializable(typeof(SessionMethods))]
[JsonSerializable(typeof(LoginAnswer))]
internal sealed partial class SecurityJson : JsonSerializerContext;
