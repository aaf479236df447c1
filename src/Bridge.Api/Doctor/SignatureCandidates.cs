using Bridge.Application.IncomingCalls;

namespace Bridge.Api.Doctor;

/// <summary>The addresses a deployment might take for its webhook's when it refuses a signature over the right one.</summary>
internal static class SignatureCandidates
{
    private static readonly string[] Ends = [TwilioPaths.IncomingCall, TwilioPaths.IncomingCall + "/", "/" + TwilioPaths.IncomingCall];

    private static readonly string[] Schemes = ["https", "http"];

    /// <summary>The webhook as Twilio signs it when the console has this base address.</summary>
    public static string Webhook(Uri publicBase) => Base(publicBase) + TwilioPaths.IncomingCall;

    /// <summary>The base address as it was typed, without a slash at the end.</summary>
    public static string Base(Uri publicBase) => publicBase.OriginalString.Trim().TrimEnd('/');

    /// <summary>Other spellings of the webhook: scheme, port, base path, slashes, capital letters of the host.</summary>
    public static IReadOnlyList<string> Of(Uri publicBase)
    {
        string[] hosts = [HostAsTyped(Base(publicBase)), publicBase.Host];
        string[] paths = [publicBase.AbsolutePath.TrimEnd('/'), ""];
        var all =
            from end in Ends
            from scheme in Schemes
            from path in paths.Distinct()
            from host in hosts.Distinct()
            from port in Ports(publicBase, scheme).Distinct()
            select $"{scheme}://{host}{port}{path}{end}";
        return [.. all.Where(c => c != Webhook(publicBase)).Distinct()];
    }

    private static string[] Ports(Uri publicBase, string scheme) => [publicBase.IsDefaultPort ? "" : $":{publicBase.Port}", "", scheme == "https" ? ":443" : ":80"];

    private static string HostAsTyped(string url)
    {
        var authority = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0];
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
    }
}
