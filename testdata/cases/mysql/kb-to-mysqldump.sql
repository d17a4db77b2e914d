-- wanted: a file of mysqldump with executable comments, a view's stand-in, LOCK TABLES and rows; expected: the column and the key that it has more are made, the rows are passed over
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
DROP TABLE IF EXISTS `b`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `b` (
  `id` int NOT NULL,
  `t` int DEFAULT NULL,
  `why` varchar(30) NOT NULL DEFAULT 'it''s; -- {table}' COMMENT 'a "b" \\ c',
  PRIMARY KEY (`id`),
  KEY `b_t` (`t`)
) ENGINE=InnoDB;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `b` WRITE;
/*!40000 ALTER TABLE `b` DISABLE KEYS */;
INSERT INTO `b` VALUES (1,NULL,'; x'),(2,3,'y');
/*!40000 ALTER TABLE `b` ENABLE KEYS */;
UNLOCK TABLES;
CREATE TABLE `a` (
  `id` int NOT NULL AUTO_INCREMENT,
  `x` int DEFAULT NULL,
  `y` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=3;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
-- Dump completed on 2026-01-01  0:00:00
