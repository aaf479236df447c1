using System.Globalization;
using System.Text;
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
    /// Say the intro and open the media stream. When the stream is over and the caller is still there, Twilio asks
    /// <paramref name="action"/> what to do next; nothing after <c>Connect</c> would be reached.
    /// </summary>
    public static string ConnectStream(string stream, string action, IEnumerable<KeyValuePair<string, string>> parameters, string voice, string? intro) =>
        Write(
            intro is null ? null : Say(voice, intro),
            intro is null ? null : new XElement("Pause", new XAttribute("length", 1)),
            new XElement("Connect",
                new XAttribute("action", action),
                new XElement("Stream",
                    new XAttribute("url", stream),
                    parameters.Select(p => new XElement("Parameter", new XAttribute("name", p.Key), new XAttribute("value", p.Value))))));

    /// <summary>Hang up.</summary>
    public static string HangUp() => Write(new XElement("Hangup"));

    /// <summary>Say a sentence and hand the call over to a number; when nobody answers there, the call ends.</summary>
    public static string Dial(string voice, string sentence, string number) =>
        Write(sentence.Length == 0 ? null : Say(voice, sentence), new XElement("Dial", number), new XElement("Hangup"));

    /// <summary>Turn the call away with the busy tone: it is never answered, and never billed.</summary>
    public static string RejectBusy() => Write(new XElement("Reject", new XAttribute("reason", "busy")));

    /// <summary>Say one sentence and hang up.</summary>
    public static string SayAndHangUp(string voice, string sentence) => Write(sentence.Length == 0 ? null : Say(voice, sentence), new XElement("Hangup"));

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

    /// <summary>With the framework's older writer: the newer ones take a buffer of 12 KB for each document, and these are short.</summary>
    private static string Write(params XElement?[] verbs)
    {
        using var text = new StringWriter(new StringBuilder("""<?xml version="1.0" encoding="UTF-8"?>""", 1024), CultureInfo.InvariantCulture);
        using var xml = new XmlTextWriter(text);
        new XElement("Response", verbs).WriteTo(xml);
        return text.ToString();
    }
}
