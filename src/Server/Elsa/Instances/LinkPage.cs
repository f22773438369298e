using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// The pages that people without an account see behind a link. They look like the sign-in page, load nothing and run no script; a form
/// can be sent to this server only.
/// </summary>
internal static class LinkPage
{
    private const string Style = """
        :root{color-scheme:light dark;--canvas:#f6f7f9;--surface:#fff;--line:#e3e7ed;--text:#182230;--soft:#566274;--accent:#3b5bdb;--on:#fff}
        @media(prefers-color-scheme:dark){:root{--canvas:#101419;--surface:#171c23;--line:#28303a;--text:#e6eaf0;--soft:#a5b0c0;--accent:#7b96ff;--on:#0d1220}}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--canvas);color:var(--text);font:15px/1.5 Roboto,system-ui,sans-serif}
        main{box-sizing:border-box;width:min(420px,calc(100vw - 48px));margin-bottom:8vh;padding:36px;border:1px solid var(--line);border-radius:12px;background:var(--surface);box-shadow:0 8px 24px rgb(16 24 40/10%);overflow-wrap:anywhere}
        h1{margin:0 0 12px;font-size:20px;line-height:1.3;letter-spacing:-.015em}
        p{margin:0 0 16px;color:var(--soft)}
        button{width:100%;height:40px;border:0;border-radius:6px;background:var(--accent);color:var(--on);font:500 15px/1 inherit;font-family:inherit;cursor:pointer}
        button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        """;

    private static readonly string _policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Asks before anything happens; the answer is sent to the address of the link.</summary>
    /// <param name="title">What it is about.</param>
    /// <param name="text">What happens.</param>
    /// <param name="button">What the button says.</param>
    public static IResult Ask(string title, string text, string button) =>
        new Page(StatusCodes.Status200OK, title, text, $"<form method=\"post\"><button>{WebUtility.HtmlEncode(button)}</button></form>");

    /// <summary>Says something.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="title">What it is about.</param>
    /// <param name="text">What there is to say.</param>
    public static IResult Tell(int status, string title, string text) => new Page(status, title, text, "");

    /// <summary>Whether a request comes from a person's browser, which shows pages.</summary>
    /// <param name="request">The request.</param>
    public static bool IsWanted(HttpRequest request) => request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    private sealed record Page(int Status, string Title, string Text, string Form) : IResult, IStatusCodeHttpResult
    {
        int? IStatusCodeHttpResult.StatusCode => Status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var title = WebUtility.HtmlEncode(Title);
            var response = httpContext.Response;
            response.StatusCode = Status;
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.ContentSecurityPolicy = _policy;
            return response.WriteAsync(
                $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>"
                + $"<style>{Style}</style></head><body><main><h1>{title}</h1><p>{WebUtility.HtmlEncode(Text)}</p>{Form}</main></body></html>",
                httpContext.RequestAborted);
        }
    }
}
