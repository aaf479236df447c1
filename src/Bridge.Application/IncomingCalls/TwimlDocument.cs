using System.Xml;
using System.Xml.Linq;

namespace Bridge.Application.IncomingCalls;

/// <summary>
/// The few documents Bridge answers Twilio with. XML is written by the framework's writer, so every value is escaped.
/// Verbs: https://www.twilio.com/docs/voice/twiml.
/// </summary>
public static class TwimlDocument
{
    /// <summary>
    /// Say the intro, open the media stream, and apologise when our side closes it: what stands after <c>Connect</c> is
    /// reached only then, never when the caller hung up.
    /// </summary>
    public static string ConnectStream(Uri stream, IEnumerable<KeyValuePair<string, string>> parameters, string voice, string? intro, string apology) =>
        Write(
            intro is null ? null : Say(voice, intro),
            intro is null ? null : new XElement("Pause", new XAttribute("length", 1)),
            new XElement("Connect",
                new XElement("Stream",
                    new XAttribute("url", stream.OriginalString),
                    parameters.Select(p => new XElement("Parameter", new XAttribute("name", p.Key), new XAttribute("value", p.Value))))),
            Say(voice, apology),
            new XElement("Hangup"));

    /// <summary>Turn the call away with the busy tone: it is never answered, and never billed.</summary>
    public static string RejectBusy() => Write(new XElement("Reject", new XAttribute("reason", "busy")));

    /// <summary>Say one sentence and hang up.</summary>
    public static string SayAndHangUp(string voice, string sentence) => Write(Say(voice, sentence), new XElement("Hangup"));

    /// <summary>Can XML hold this text? It has no place for most control characters and for halves of characters.</summary>
    public static bool CanSay(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;
            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                return false;
            i++;
        }

        return true;
    }

    private static XElement Say(string voice, string sentence) => new("Say", new XAttribute("voice", voice), sentence);

    private static string Write(params XElement?[] verbs) =>
        """<?xml version="1.0" encoding="UTF-8"?>""" + new XElement("Response", verbs).ToString(SaveOptions.DisableFormatting);
}
