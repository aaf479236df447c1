using System.Xml;
using System.Xml.Linq;
using Bridge.Application.IncomingCalls;

namespace Bridge.Api.Doctor;

/// <summary>Where a deployment's TwiML sends Twilio for the media stream.</summary>
/// <param name="Url">As it is written there: that is what Twilio signs.</param>
/// <param name="Parsed">The same, parsed.</param>
internal sealed record StreamAddress(string Url, Uri Parsed)
{
    /// <summary>What stands behind <c>/media-stream/</c>; empty when nothing does. A secret.</summary>
    public string Token => Parsed.AbsolutePath.Split($"{TwilioPaths.MediaStream}/") is [_, var token] ? token : "";

    /// <summary>Reads it from an answer; null when there is none: the call was turned away, or it is no TwiML.</summary>
    public static StreamAddress? Of(string twiml)
    {
        try
        {
            // No document type, and nothing fetched: this comes from outside.
            using var reader = XmlReader.Create(new StringReader(twiml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var url = XDocument.Load(reader).Descendants("Stream").FirstOrDefault()?.Attribute("url")?.Value;
            return Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? new StreamAddress(url!, parsed) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>Is it below this public address? Only then is it dialled: the doctor does not go where a stranger sends it.</summary>
    public bool IsBelow(Uri publicBase) =>
        Parsed.Scheme == Uri.UriSchemeWss
        && Parsed.Host.Equals(publicBase.Host, StringComparison.OrdinalIgnoreCase)
        && Port(Parsed, 443) == Port(publicBase, publicBase.Scheme == Uri.UriSchemeHttp ? 80 : 443)
        && Parsed is { Query: "", UserInfo: "" }
        && Parsed.AbsolutePath.StartsWith(publicBase.AbsolutePath.TrimEnd('/') + TwilioPaths.MediaStream, StringComparison.Ordinal);

    /// <summary>Where to dial: a trial on this machine has no TLS, whatever its TwiML says.</summary>
    public Uri DialledAs(Uri publicBase) => new UriBuilder(Parsed) { Scheme = publicBase.Scheme == Uri.UriSchemeHttp ? "ws" : "wss", Port = publicBase.Port }.Uri;

    private static int Port(Uri url, int standard) => url.Port < 0 ? standard : url.Port;
}
