<?xml version="1.0" encoding="UTF-8"?>
<CHANNEL HREF="https://broadcast.example/" LASTMOD="2025-10-06T10:00+0000">
  <TITLE>Estmere Broadcast</TITLE>
  <ABSTRACT>Transport and media, twice a week</ABSTRACT>
  <ITEM HREF="https://broadcast.example/items/tunnel" LASTMOD="2025-10-06T09:00+0000">
    <TITLE>Rail tunnel under Mount Aster opens eleven years late</TITLE>
    <ABSTRACT>The first passenger train passed under Mount Aster on Monday, eleven years later than planned and at three times the cost. The tunnel of 19 kilometres shortens the journey from Estmere to the lake district from two hours to 48 minutes. Transport minister Cecil Arno rode in the cab and apologised to the engineers whom his predecessors had blamed for the delay; the rock, he said, had been softer than any report. Forty trains a day will use the line from December, among them six night trains. Freight follows in the spring, once the signals have been tested at higher loads. The old pass road stays open for cyclists. Bus companies in the valley expect to lose half of their passengers and have asked the ministry for help.</ABSTRACT>
  </ITEM>
  <ITEM HREF="https://broadcast.example/items/radio-serial" LASTMOD="2025-10-02T17:00+0000">
    <TITLE>Longest-running radio serial of Estmere ends after 12,000 episodes</TITLE>
    <ABSTRACT>After 57 years and 12,004 episodes the radio serial “The Lock-Keepers” will end at Christmas, the public broadcaster of Estmere has announced. Only 40,000 listeners still tune in at seven in the evening; in the seventies there were two million. The writers, some of them in the second generation, learned of the decision from the radio. “We have drowned, married and bankrupted three hundred characters, and now it is our turn,” said head writer Florian Best. A petition to save the programme was signed by 18,000 people within a day. The archive of scripts goes to the national library, and the last episode, which is to be broadcast live from a lock, will be written by the audience.</ABSTRACT>
  </ITEM>
</CHANNEL>
